"""Links opened twice, and links as mail programs leave them (TK3, TK7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from minimaluser.database import db
from minimaluser.lib import clock as now
from minimaluser.models import User
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, snapshot, user_of

NEW = "ann@new.example"
KEY = "seven green trains at noon"
NO_LONGER = "This link no longer works"


def moved(ann: Person) -> None:
    ann.ask_to_move(NEW)


# function that has the mail sent, recipient, and what is said once the link was used
MAILS: dict[str, tuple[Callable[[Person], object], str, str]] = {
    "/confirm/": (lambda _: None, "ben@example.org", "Your email is confirmed already."),
    "/email/confirm/": (moved, NEW, "Your new email is confirmed already."),
    "/email/undo/": (moved, "ann@example.org", "That is undone already."),
    "/closing/undo/": (Person.leave, "ann@example.org", "Your account is back already."),
    "/reset-key/mail/": (Person.ask_for_code, "ann@example.org", "Your access key is set already."),
}
WRAPPED = {
    "a full stop": "{}.",
    "a comma": "{},",
    "a bracket": "{})",
    "an angle bracket": "{}%3E",
    "quotation marks": "{}%22",
    "a blank": "{}%20",
    "a line end": "{}%0D%0A",
    "a byte order mark": "{}%EF%BB%BF",
    "an equals sign": "{}=",
    "dots": "{}...",
    "a slash": "{}/",
}
INSIDE = ["%0D%0A", "%20", "=%0D%0A", "=", "%0D%0A%3E%20", "%C2%AD", "%E2%80%8B"]
every_link = pytest.mark.parametrize("start", MAILS)


@pytest.fixture
def link(start: str, ann: Person) -> str:
    MAILS[start][0](ann)
    return ann.link(start, MAILS[start][1])


def press(person: Person, path: str) -> int:
    return person.post(path, {"new_key": KEY, "confirm_key": KEY}).status_code


@every_link
def test_TK3_a_link_that_was_used_says_what_it_has_done_and_leads_on(
    app: Flask, eve: Person, start: str, link: str
) -> None:
    assert press(eve, link) == 303
    before = snapshot(app)
    for who in (eve, eve.elsewhere()):
        for answer in (who.get(link), who.post(link, {"new_key": KEY, "confirm_key": KEY})):
            assert answer.status_code == 400
            assert MAILS[start][2] in answer.text
            assert "Not confirmed yet?" not in answer.text
            assert ("Go to your profile" in answer.text) == who.is_logged_in
            assert ("Go to the log-in page" in answer.text) != who.is_logged_in
        assert who.post(link, htmx=True).headers["HX-Redirect"] == link
    assert snapshot(app) == before


@pytest.mark.parametrize("path", ["/confirm/link", "the link"])
def test_TK3_whoever_is_confirmed_and_goes_back_to_the_link_is_told_so(
    ben: Person, path: str
) -> None:
    link = ben.link("/confirm/")
    ben.open(link)
    assert press(ben, "/confirm/link") == 303
    for answer in (ben.get(path.replace("the link", link)), ben.post("/confirm/link")):
        assert "Your email is confirmed already." in answer.text
        assert 'href="/profile"' in answer.text


def test_a_dead_link_leads_whoever_looks_where_they_can_go_on(
    eve: Person, ben: Person, ann: Person
) -> None:
    log_in, profile = 'href="/login?next=/profile">Log in</a> and', "On your profile</a> you can"
    ways = {eve: (True, False), ben: (False, True), ann: (False, False)}
    for who, expected in ways.items():
        page = who.get("/confirm/x").text
        assert NO_LONGER in page
        assert (log_in in page, profile in page) == expected
        assert ("Not confirmed yet?" in page) == any(expected)


@every_link
def test_TK1_a_link_that_was_not_used_says_nothing_was_done(
    app: Flask, eve: Person, start: str, link: str
) -> None:
    said = MAILS[start][2]
    assert said not in eve.get(f"{link[:-3]}xyz").text
    assert said not in eve.get(f"{start}x").text
    with app.app_context():
        db.session.execute(db.text("DELETE FROM token"))
        db.session.execute(db.text("UPDATE code SET used_at = created_at"))
        db.session.execute(db.text("UPDATE users SET confirmed_at = NULL"))
        db.session.commit()
    answer = eve.get(link)
    assert answer.status_code == 400
    assert said not in answer.text


def test_TK3_an_older_link_to_another_address_does_not_say_that_it_is_confirmed(
    app: Flask, ben: Person
) -> None:
    """Somebody mistyped the address at the sign-up, and a stranger has that mail."""
    link = ben.link("/confirm/")
    ben.move("ben@new.example")
    answer = ben.elsewhere().get(link)
    assert answer.status_code == 400
    assert "is confirmed" not in answer.text


def test_TK3_a_link_says_nothing_of_an_account_that_is_off(app: Flask, ben: Person) -> None:
    link = ben.link("/confirm/")
    assert press(ben, link) == 303
    change(app, User, user_of(app, ben.email).id, disabled_at=now.now())
    assert "is confirmed" not in ben.elsewhere().get(link).text


def test_a_key_changed_by_somebody_else_is_not_said_to_be_set_by_the_link(ann: Person) -> None:
    thief = ann.logged_in_elsewhere()
    ann.elsewhere().ask_for_code(ann.email)
    link = ann.link("/reset-key/mail/")
    thief.choose_key(KEY)
    answer = ann.elsewhere().get(link)
    assert answer.status_code == 400
    assert "is set already" not in answer.text


@every_link
@pytest.mark.parametrize("spoiled", WRAPPED.values(), ids=WRAPPED)
def test_TK7_a_link_works_with_what_is_copied_behind_it(
    eve: Person, start: str, link: str, spoiled: str
) -> None:
    answer = eve.get(spoiled.format(link))
    assert (answer.status_code, answer.location) == (303, f"{start}link")
    assert eve.get(f"{start}link").status_code == 200
    assert press(eve, spoiled.format(link)) == 303


@every_link
@pytest.mark.parametrize("between", INSIDE)
def test_TK7_a_link_works_when_a_mail_program_has_wrapped_it(
    eve: Person, start: str, link: str, between: str
) -> None:
    for at in (len(start) + 1, 76, len(link) - 5):
        assert eve.get(link[:at] + between + link[at:]).status_code == 303
    assert press(eve, link[:76] + between + link[76:]) == 303


@every_link
def test_TK1_a_link_with_a_letter_more_or_less_stays_bad(
    eve: Person, start: str, link: str
) -> None:
    for bad in (f"{link}x", f"{link}%C3%A9", f"{link}_", link[:-1], link.replace(".", ".x", 1)):
        assert eve.get(bad).status_code == 400
        assert press(eve, bad) == 400


def test_a_dot_that_quoted_printable_has_hidden_is_found_again(eve: Person, ben: Person) -> None:
    link = ben.link("/confirm/")
    assert eve.get(link.replace(".", "=2E")).status_code == 303
    assert eve.get(link.replace(".", "=2e", 1)).status_code == 303


@pytest.mark.parametrize("start", MAILS)
def test_TK7_without_cookies_the_page_of_a_link_names_the_cause(
    app: Flask, ann: Person, start: str
) -> None:
    MAILS[start][0](ann)
    blocked = app.test_client(use_cookies=False)
    answer = blocked.get(blocked.get(ann.link(start, MAILS[start][1])).location)
    assert answer.status_code == 400
    assert "allow cookies" in answer.text
    assert "It has been used already" not in answer.text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("path", ["/login", "/signup", "/forgot-key", "/cookies"])
def test_without_cookies_every_form_names_the_cause(
    app: Flask, ann: Person, path: str, htmx: bool
) -> None:
    blocked = app.test_client(use_cookies=False)
    token = ann.elsewhere().token()
    form = {"csrf_token": token, "email": ann.email, "key": ann.key}
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
    answer = blocked.post(path, data=form, headers=headers)
    assert answer.status_code == 403
    assert "allow cookies" in answer.text
    assert "open for too long" not in answer.text
    stale = ann.elsewhere()
    stale.get("/cookies")
    answer = stale.client.post(path, data={"csrf_token": "x"}, headers=headers)
    assert "open for too long" in answer.text
