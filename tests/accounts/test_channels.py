"""No page, row, id, name or mail reveals whether somebody has an address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from minimaluser.database import transaction
from minimaluser.lib import emails
from minimaluser.models import OutboxItem, Token, User
from minimaluser.security import limits
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import (
    count,
    kinds_of,
    rows_of,
    snapshot,
    statements,
    user_of,
    work,
)
from minimaluser.testing.patterns import KEY
from minimaluser.testing.sites import ANNS_KEY
from tests.accounts.test_export import exported

FREE = "new@example.org"

everybody = pytest.mark.parametrize("kind", ["nobody", "confirmed", "unconfirmed"])


def address(kind: str) -> str:
    """An address that belongs to a user of some kind, or to nobody."""
    return {"confirmed": "ann@example.org", "unconfirmed": "ben@example.org"}.get(kind, FREE)


def use_mails_up(app: Flask, email: str) -> None:
    """Do what an owner or strangers may do in a day."""
    with app.app_context():
        while not limits_reached(email):
            pass


def limits_reached(email: str) -> float:
    with transaction():
        return limits.count_inside([("any-mail", emails.same(email))]).wait


@pytest.fixture
def private(app: Flask) -> Flask:
    change_settings(app, private_signup=True)
    return app


@pytest.fixture
def mover(app: Flask, clock: Any) -> Person:
    """A confirmed user who has just entered the key."""
    person = Person(app, "mover@example.org")
    person.sign_up()
    person.confirm()
    person.choose_key(ANNS_KEY)
    work(app)
    return person


# --- moving to another address


@everybody
def test_EN5_asking_to_move_makes_the_same_rows_for_every_address(
    app: Flask, mover: Person, kind: str
) -> None:
    before = exported(app, mover.email)
    mover.ask_to_move(address(kind))
    work(app)
    after = exported(app, mover.email)
    new = {name: after[name][len(before[name]) :] for name in ("token", "outbox_item", "event")}
    assert [row["purpose"] for row in new["token"]] == ["change-email", "undo-email"]
    link = new["token"][0]
    assert (link["email"], link["key_is_first"]) == (address(kind), True)
    assert [row["kind"] for row in new["event"]] == ["email_asked"]
    ((task),) = new["outbox_item"]  # the notice to the address in force
    assert task["kind"] == "mail"
    told = {task[name] for name in ("state", "tries", "problem", "due_at", "done_at", "urgency")}
    assert told == {"known to the worker alone"}  # its time reveals how many mails others got


def test_EN5_a_link_to_a_taken_address_is_mailed_to_nobody(
    app: Flask, mover: Person, ben: Person
) -> None:
    mover.ask_to_move(ben.email)
    assert count(app, Token, Token.purpose == "change-email") == 1
    letters = [*mover.mails(), *ben.mails()]
    assert not any("/email/confirm/" in link for letter in letters for link in letter.links)
    assert "Somebody tried to use your email" in ben.mails()[0].subject


@everybody
def test_EN5_a_move_that_cannot_be_mailed_is_refused_in_the_same_words_and_leaves_no_row(
    app: Flask, mover: Person, kind: str
) -> None:
    use_mails_up(app, address(kind))
    before = snapshot(app)
    answer = mover.ask_to_move(address(kind))
    assert answer.status_code == 429
    assert "No mail was sent" in answer.text
    assert snapshot(app) == before


@pytest.mark.parametrize("deed", ["leave", "choose_key", "undo"])
def test_DL1_the_unsent_mail_to_a_new_address_goes_with_its_link(
    app: Flask, mover: Person, deed: str
) -> None:
    mover.ask_to_move(FREE)
    assert len(mover.mails(FREE)) == 1
    {
        "leave": mover.leave,
        "choose_key": lambda: mover.choose_key("a lamp hums quietly upstairs"),
        "undo": lambda: mover.post(mover.link("/email/undo/")),
    }[deed]()
    assert mover.mails(FREE) == []


def test_a_link_that_was_asked_for_again_is_mailed_again(app: Flask, mover: Person) -> None:
    for _ in range(2):
        mover.ask_to_move(FREE)
    work(app)
    assert len(mover.mails(FREE)) == 2
    assert mover.post(mover.link("/email/confirm/", FREE)).status_code == 303


@pytest.mark.parametrize("mails_left", [True, False])
def test_EN2_asking_to_move_makes_the_same_statements_for_every_address(
    app: Flask, mover: Person, mails_left: bool
) -> None:
    made = {}
    for kind in ("nobody", "confirmed", "unconfirmed"):
        if not mails_left:
            use_mails_up(app, address(kind))
        form, token = {"email": address(kind), "current_key": mover.key}, mover.token()
        with statements(app) as seen:
            answer = mover.post("/profile/email", form, token=token)
        assert answer.status_code == (303 if mails_left else 429)
        made[kind] = kinds_of(seen)
    assert made["nobody"] == made["confirmed"] == made["unconfirmed"]


# --- the export


def test_EN1_rows_of_the_export_are_numbered_without_those_of_others(
    app: Flask, ann: Person, ben: Person
) -> None:
    """An id from the database would reveal whether a stranger's sign-up added a row."""
    ann.ask_for_code()
    found = exported(app, ann.email)
    for name in ("session", "event", "token", "code", "outbox_item"):
        assert [row["id"] for row in found[name]] == list(range(1, len(found[name]) + 1))


# --- signing up in private


@everybody
def test_EN4_nickname_and_key_are_shown_only_in_the_mail(
    private: Flask, eve: Person, kind: str
) -> None:
    eve.token()
    answer = eve.post("/signup", {"email": address(kind)})
    assert answer.status_code == 303
    page, user = eve.get(answer.location), user_of(private, address(kind))
    serializer = private.session_interface.get_signing_serializer(private)  # type: ignore[attr-defined]
    kept = serializer.loads(eve.client.get_cookie("mu_session").value)
    for granted in (user.nickname, user.tile_seed, user.tile_colour, user.tile_name):
        assert granted not in page.text
        assert granted not in str(kept)
    assert not re.search(r"[a-z]+-[a-z]+-\d{6}-[a-z]+", page.text + str(kept))


def test_EN4_the_mail_names_the_nickname_that_was_granted(private: Flask, eve: Person) -> None:
    eve.post("/signup", {"email": eve.email})
    letter, nickname = eve.mails()[0], user_of(private, eve.email).nickname
    assert nickname in letter.text
    assert nickname in letter.html


def test_EN4_the_mail_sent_again_names_no_nickname_as_it_may_be_a_stranger_s_words(
    app: Flask, eve: Person
) -> None:
    eve.sign_up()
    nickname = user_of(app, eve.email).nickname
    assert nickname in eve.mails()[0].text
    eve.post("/confirm")
    assert len(eve.mails()) == 2
    assert nickname not in eve.mails()[0].text + eve.mails()[0].html


@everybody
def test_EN4_the_id_of_a_later_user_reveals_nothing(private: Flask, kind: str) -> None:
    """The id is in the links and cookies of the new user."""
    numbers = []
    for email in ("one@later.example", address(kind), "two@later.example"):
        Person(private, email).post("/signup", {"email": email})
        numbers.append(user_of(private, email).id)
    assert numbers[2] - numbers[0] == 2


@everybody
def test_EN4_a_sign_up_with_a_taken_address_leaves_no_user(private: Flask, kind: str) -> None:
    people, email = count(private, User), address(kind)
    Person(private, email).post("/signup", {"email": email})
    work(private)
    assert count(private, User) == people + (kind == "nobody")
    assert not rows_of(private, User, User.email_key.startswith("nobody"))
    assert not rows_of(private, OutboxItem, OutboxItem.state == "waiting")
    owners = {row.user_id for row in rows_of(private, Token)}
    assert owners <= {row.id for row in rows_of(private, User)}


@pytest.mark.parametrize("mails_left", [True, False])
def test_EN2_a_private_sign_up_makes_the_same_statements_for_every_address(
    private: Flask, ben: Person, mails_left: bool
) -> None:
    made = {}
    for kind in ("nobody", "confirmed", "unconfirmed"):
        if not mails_left:
            use_mails_up(private, address(kind))
        stranger = Person(private, FREE)
        token = stranger.token()
        with statements(private) as seen:
            stranger.post("/signup", {"email": address(kind)}, token=token)
        made[kind] = kinds_of(seen)
    assert made["nobody"] == made["confirmed"] == made["unconfirmed"]


def test_EN4_signing_up_privately_again_sends_no_second_mail_and_looks_the_same(
    private: Flask, eve: Person
) -> None:
    answers = [eve.post("/signup", {"email": eve.email}, htmx=True) for _ in range(2)]
    assert len({(a.status_code, a.text, a.headers["HX-Redirect"]) for a in answers}) == 1
    assert len(eve.mails()) == 1
    assert eve.mailed(KEY)
