"""Links in mails (TK7): the token of a link is in a cookie, not in the address of its page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from minimaluser.database import db
from minimaluser.models import people
from minimaluser.security import links
from minimaluser.testing.answers import assert_fragment_is_part_of_page
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot

NEW = "ann@new.example"
KEY = "seven green trains at noon"


def moved(ann: Person) -> None:
    ann.ask_to_move(NEW)


# function that has the mail sent, recipient, and where its link leads
MAILS: dict[str, tuple[Callable[[Person], object], str, str]] = {
    "/confirm/": (lambda _: None, "ben@example.org", "Confirm my email"),
    "/email/confirm/": (moved, NEW, "Confirm my email"),
    "/email/undo/": (moved, "ann@example.org", "Undo the change"),
    "/closing/undo/": (Person.leave, "ann@example.org", "Bring my account back"),
    "/reset-key/mail/": (Person.ask_for_code, "ann@example.org", "Reset access key"),
}
every_link = pytest.mark.parametrize("start", MAILS)


@pytest.fixture
def link(start: str, ann: Person) -> str:
    MAILS[start][0](ann)
    return ann.link(start, MAILS[start][1])


def press(person: Person, path: str, **more: str) -> TestResponse:
    return person.post(path, {"new_key": KEY, "confirm_key": KEY, **more})


def mark_in(page: TestResponse) -> str:
    """The hidden field of a page's form that names its link."""
    return re.findall(r'name="link"[^>]*value="(\w+)"', page.text)[0]


@every_link
@pytest.mark.parametrize("htmx", [False, True])
def test_TK7_the_token_moves_from_the_address_into_a_cookie(
    eve: Person, start: str, link: str, htmx: bool
) -> None:
    token = link.rpartition("/")[2]
    answer = eve.get(link, htmx=htmx)
    assert (answer.status_code, answer.location) == (303, f"{start}link")
    assert token not in answer.text
    ((cookie, options),) = (
        (c.partition("; ")[0], set(c.split("; ")[1:]))
        for c in answer.headers.getlist("Set-Cookie")
        if token in c
    )
    assert re.fullmatch(r"mu_link_[a-z_]+=" + re.escape(token), cookie)
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"} <= options
    page = eve.get(answer.location, htmx=htmx)
    assert page.status_code == 200
    assert f"{MAILS[start][2]}</button>" in page.text
    assert f'action="{start}link"' in page.text
    assert token not in page.text + str(page.headers)
    for each in (answer, page):
        assert each.headers["Referrer-Policy"] == "no-referrer"
        assert each.headers["Cache-Control"] == "no-store"


def test_TK7_over_https_the_cookie_is_bound_to_the_host(production: Flask) -> None:
    with production.app_context():
        ben = people.by_email("ben@example.org")
        assert ben is not None
        address = links.make(ben, links.CONFIRM)
        db.session.commit()
    browser = production.test_client()
    path = address.removeprefix("https://mu.example")
    answer = browser.get(path, base_url="https://mu.example")
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if "mu_link" in c)
    assert cookie.startswith("__Host-mu_link_confirmation=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert browser.get(answer.location, base_url="https://mu.example").status_code == 200


@every_link
def test_the_fragment_is_a_part_of_the_page(eve: Person, start: str, link: str) -> None:
    assert_fragment_is_part_of_page(eve, eve.get(link).location)


@every_link
@pytest.mark.parametrize("htmx", [False, True])
def test_TK7_the_button_takes_the_token_from_the_cookie_and_the_cookie_away(
    eve: Person, start: str, link: str, htmx: bool
) -> None:
    page = eve.open(link)
    form = {"new_key": KEY, "confirm_key": KEY, "link": mark_in(page)}
    answer = eve.post(f"{start}link", form, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert (answer.headers["HX-Redirect"] if htmx else answer.location) != f"{start}link"
    assert not [c for c in eve.client._cookies.values() if c.key.startswith("mu_link")]
    for gone in (eve.get(f"{start}link"), press(eve, f"{start}link"), eve.get(link)):
        assert gone.status_code == 400
        assert "This link no longer works" in gone.text


@every_link
def test_TK7_the_address_with_the_token_can_still_be_posted_to(
    eve: Person, start: str, link: str
) -> None:
    assert press(eve, link).status_code == 303


@every_link
def test_TK7_a_bad_link_is_a_400_at_once_and_sets_no_cookie(
    eve: Person, start: str, link: str
) -> None:
    press(eve.elsewhere(), link)  # used: see test_links_again.py
    for bad in (link, link[:-3] + "xyz", f"{start}x", f"{start}link"):
        answer = eve.get(bad)
        assert answer.status_code == press(eve, bad).status_code == 400, bad
        assert ("Open the link from your mail again" in answer.text) == (bad != link)
        assert "mu_link" not in str(answer.headers)
    by_htmx = eve.post(f"{start}link", htmx=True)  # a fragment could not say what is wrong
    assert by_htmx.headers["HX-Redirect"] == f"{start}link"


@every_link
def test_TK6_TK7_head_opens_nothing(app: Flask, eve: Person, start: str, link: str) -> None:
    before = snapshot(app)
    for path in (link, f"{start}link"):
        assert eve.client.head(path).data == b""
    assert snapshot(app) == before
    assert press(eve.elsewhere(), link).status_code == 303


def test_TK7_a_log_in_meanwhile_does_not_lose_the_link(ann: Person, ben: Person) -> None:
    ann.ask_to_move(NEW)
    phone = ann.elsewhere()
    phone.open(ann.link("/email/confirm/", NEW))
    assert phone.log_in().status_code == 303
    page = phone.get("/email/confirm/link")
    answer = press(phone, "/email/confirm/link", link=mark_in(page))
    assert (answer.status_code, answer.location) == (303, "/profile")


def test_TK7_the_button_uses_the_link_of_its_page_and_not_one_opened_since(
    app: Flask, ben: Person
) -> None:
    """Otherwise a foreign site could open its own link and have the visitor press that one."""
    other = Person(app, "other@example.org")
    other.sign_up()
    phone = ben.elsewhere()
    mine = mark_in(phone.open(ben.link("/confirm/")))
    theirs = mark_in(phone.open(other.link("/confirm/")))
    assert mine != theirs
    assert press(phone, "/confirm/link", link=mine).status_code == 400
    assert not phone.is_logged_in
    phone.open(ben.link("/confirm/"))
    assert press(phone, "/confirm/link", link=mine).status_code == 303
    assert ben.email in phone.get("/profile").text


def test_TK7_a_link_of_another_kind_is_not_taken_from_its_cookie(ann: Person, ben: Person) -> None:
    token = ben.link("/confirm/").rpartition("/")[2]
    phone = ann.elsewhere()
    for name in ("email_confirmation", "email_undo", "closing_undo", "key_reset_link"):
        phone.client.set_cookie(f"mu_link_{name}", token)
    for start in MAILS:
        assert press(phone, f"{start}link").status_code == 400
        assert phone.get(f"{start}link").status_code == 400
