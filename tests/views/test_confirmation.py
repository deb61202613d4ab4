"""The link that confirms, and sending the mail again."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, user_of

GARBLED = [
    "x",
    "a.b.c",
    "..",
    "%00",
    "%ff%fe",
    "é",
    "'%20OR%201=1--",
    "x" * 3000,
    "%0d%0aX:y",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "%F0%9F%98%80",
    "a/b",
]


def test_TK6_the_link_shows_a_button_and_the_button_confirms(app: Flask, ben: Person) -> None:
    phone, link = ben.elsewhere(), ben.link("/confirm/")
    page = phone.open(link)
    assert "Confirm my email</button>" in page.text
    assert not user_of(app, ben.email).is_confirmed
    answer = phone.post(link)
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert user_of(app, ben.email).is_confirmed
    assert "Your email is confirmed" in phone.get("/profile").text


def test_it_works_with_htmx(ben: Person) -> None:
    phone = ben.elsewhere()
    answer = phone.post(ben.link("/confirm/"), htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/profile")
    assert phone.is_logged_in


def test_TK3_a_link_works_once_and_then_shows_what_to_do(ben: Person) -> None:
    link = ben.link("/confirm/")
    ben.post(link)
    for answer in (ben.post(link), ben.get(link)):
        assert answer.status_code == 400
        assert "This link no longer works" in answer.text
    by_htmx = ben.post(link, htmx=True)  # the page of the link itself says what is wrong
    assert by_htmx.headers["HX-Redirect"] == link


@pytest.mark.parametrize("start", ["/confirm/", "/email/confirm/", "/email/undo/", "/reset-key/"])
@pytest.mark.parametrize("token", GARBLED)
def test_TK1_a_malformed_link_is_a_400_page_and_changes_nothing(
    app: Flask, ben: Person, start: str, token: str
) -> None:
    before = snapshot(app)
    expected = 404 if "/" in token else 400
    key = "blue kettle sings at dawn"
    form = {"code": "123456", "new_key": key, "confirm_key": key}
    assert ben.get(start + token).status_code == expected
    assert ben.post(start + token, form).status_code == expected
    for answer in (ben.get(start + token, htmx=True), ben.post(start + token, form, htmx=True)):
        assert answer.status_code == expected or answer.headers["HX-Redirect"].startswith(start)
    assert snapshot(app) == before


def test_TK7_pages_behind_a_link_send_no_referrer(ben: Person) -> None:
    link = ben.link("/confirm/")
    for answer in (ben.get(link), ben.get("/confirm/x"), ben.get("/reset-key/x")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_CS1_forms_behind_a_link_tell_their_origin_but_no_path(ben: Person) -> None:
    """With "no-referrer" alone browsers send `Origin: null`, which is refused."""
    told = '<meta name="referrer" content="strict-origin">'
    for page in (ben.open(ben.link("/confirm/")), ben.get("/confirm/x"), ben.get("/reset-key/x")):
        assert told in page.text
    assert told not in ben.get("/login").text + ben.get("/profile").text


# --- send again


def test_sending_again_without_htmx(ben: Person) -> None:
    before = len(ben.mails())
    answer = ben.post("/confirm")
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = ben.get("/profile").text
    assert "We have sent the mail again. Only the access key and the link in it work now." in page
    assert len(ben.mails()) == before + 1


def test_sending_again_with_an_own_key_replaces_only_the_link(ben: Person) -> None:
    ben.choose_key()
    answer = ben.post("/confirm", htmx=True)
    assert "We have sent the mail again. Only the link in it works now." in answer.text


def test_sending_again_with_htmx_brings_the_notice_and_a_toast(ben: Person) -> None:
    answer = ben.post("/confirm", htmx=True)
    assert answer.status_code == 200
    assert 'id="confirm-notice"' in answer.text
    assert "We have sent the mail again" in answer.text
    assert "<html" not in answer.text
