"""The profile: a page of rows."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of
from tests.test_mail import Tags

HEADINGS = ["Tile", "Nickname", "Email", "Access key", "Sessions"]
HEADINGS += ["News of the club", "Your data", "Delete account"]  # the news because of the club
BUTTONS = [
    "Change nickname",
    "Change email",
    "Change access key",
    "Draw a new tile",
    "Download my data",
    "Delete account…",
]


def test_every_row_has_its_heading_in_this_order(ann: Person) -> None:
    found = re.findall(r"<h2[^>]*>([^<]*)</h2>", ann.get("/profile").text)
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS


def test_every_row_has_one_button_that_works_without_javascript(ann: Person) -> None:
    page = ann.get("/profile").text
    for button in BUTTONS:
        assert len(re.findall(rf"<button[^>]*>{re.escape(button)}</button>", page)) == 1
    for path in ("nickname", "email", "key", "tile", "export", "delete"):
        assert re.search(rf'<form[^>]*method="get"[^>]*action="/profile/{path}[#"]', page)


def test_an_unconfirmed_user_is_told_and_offered_another_mail(ann: Person, ben: Person) -> None:
    assert "Send the mail again</button>" in ben.get("/profile").text
    assert "Send the mail again" not in ann.get("/profile").text


def test_a_pending_address_is_shown(ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    page = ann.get("/profile").text
    assert "ann@new.example" in page
    assert ann.email in page


def test_a_first_key_is_marked_as_one(ann: Person, ben: Person) -> None:
    assert "Still the one from our mail" in ben.get("/profile").text
    assert "Still the one from our mail" not in ann.get("/profile").text


def test_SE8_the_sessions_are_listed_and_this_one_is_marked(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15) Firefox/140.0"
    phone.log_in()
    for browser in (ann, phone):
        page = browser.get("/profile").text
        assert "Firefox on Android" in page
        assert page.count("This one") == 1


@pytest.mark.usefixtures("no_limits")
def test_CS6_a_nickname_is_text_wherever_it_stands(app: Flask, ann: Person) -> None:
    for nickname in (
        '"><img src=x onerror=alert(1)>',
        "<script>alert(1)</script>",
        "x' hx-get='/logout' y='",
        "{{7*7}} {% raw %}",
        "</title><svg onload=alert(1)>",
        "javascript:alert(1)//",
        "\\u003cb\\u003e",
    ):
        answer = ann.post("/profile/nickname", {"nickname": nickname}, htmx=True)
        assert answer.status_code == 200, answer.text
        assert user_of(app, ann.email).nickname == nickname
        escaped = ann.get("/profile").text + answer.text + ann.get("/").text
        escaped += ann.get("/profile/nickname", htmx=True).text
        escaped += ann.get("/profile/delete", htmx=True).text
        if "<" in nickname or "'" in nickname or '"' in nickname:
            assert nickname not in escaped
        assert "<img src=x" not in escaped
        assert "<svg onload" not in escaped
        assert "49" not in re.findall(r"<bdi[^>]*>([^<]*)</bdi>", escaped)[0]


@pytest.mark.usefixtures("no_limits")
def test_CS6_a_nickname_changes_no_tag_and_is_in_no_active_attribute(ann: Person) -> None:
    paths = ("/profile", "/profile/nickname", "/profile/delete", "/profile/tile", "/", "/club/")
    shapes = []
    for nickname in ("Zebra", "\"><img src=x onerror=alert(1) alt='", "' hx-get='/logout' y=\""):
        assert ann.post("/profile/nickname", {"nickname": nickname}).status_code == 303
        found = [(path, *tag) for path in paths for tag in Tags(ann.get(path).text).found]
        shapes.append([(path, tag, list(attributes)) for path, tag, attributes in found])
        marks = [
            name for *_, attrs in found for name, text in attrs.items() if nickname in str(text)
        ]
        assert set(marks) == {"value"}
    assert shapes[0] == shapes[1] == shapes[2]


def test_IN3_a_nickname_is_inside_a_bdi_element(ann: Person) -> None:
    ann.post("/profile/nickname", {"nickname": "שלום עולם"})
    page = ann.get("/profile").text
    text = re.sub(r'="[^"]*"', '=""', page)
    assert text.count("שלום עולם") == len(re.findall("<bdi[^>]*>שלום עולם</bdi>", text)) >= 2
