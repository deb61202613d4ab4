"""A request that is running when its session ends changes nothing, whatever it requests."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from minimaluser import accounts, database
from minimaluser.database import db
from minimaluser.lib import clock
from minimaluser.models import Session, User, people
from minimaluser.security import acting
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, logged_in, snapshot, user_of
from minimaluser.testing.people import NEW_KEY
from minimaluser.testing.sites import ANNS_KEY

# use cases of users who are logged in, with arguments that would be accepted
DEEDS: dict[str, Callable[[User], Any]] = {
    "cancel_move": accounts.cancel_move,
    "change_email": lambda user: accounts.change_email(user, "ann@new.example", ANNS_KEY),
    "change_key": lambda user: accounts.change_key(user, ANNS_KEY, NEW_KEY),
    "change_nickname": lambda user: accounts.change_nickname(user, "Still Here"),
    "close_account": lambda user: accounts.close_account(user, ANNS_KEY),
    "draw_tile": lambda user: accounts.draw_tile(user, "0" * 16),
    "end_other_session": lambda user: accounts.end_other_session(user, 1),
    "end_other_sessions": accounts.end_other_sessions,
    "enter_key": lambda user: accounts.enter_key(user, ANNS_KEY),
    "replace_first_key": accounts.replace_first_key,
    "resend_confirmation": accounts.resend_confirmation,
    "resend_move": accounts.resend_move,
}
NEED_A_RECENT_KEY = {"replace_first_key", "end_other_session", "end_other_sessions", "resend_move"}
ABOUT_A_MOVE = {"cancel_move", "resend_move"}
CHANGE_NOTHING = {
    "check_nickname", "export", "is_known_browser", "is_link_on_its_way", "is_recent_key_needed",
    "list_events", "list_sessions", "list_subscriptions", "make_known_browser", "preview_tile",
}  # fmt: skip
ITS_OWN_SESSION = {"end_session", "touch"}  # these cannot be ended or used twice


def test_SE5_every_use_case_of_somebody_logged_in_is_tried() -> None:
    found = {
        name
        for name in accounts.__all__
        if inspect.isfunction(verb := getattr(accounts, name))
        and "user" in inspect.signature(verb).parameters
    }
    assert found == {*DEEDS, *CHANGE_NOTHING, *ITS_OWN_SESSION}


def end_sessions(identity: int) -> None:
    db.session.execute(delete(Session).where(Session.user_id == identity))


def begin_another_with_its_id(identity: int) -> None:
    """Do what SQLite does when the newest session ends and the owner logs in."""
    ended = db.session.scalars(select(Session).where(Session.user_id == identity)).all()
    columns = [column.name for column in Session.__table__.columns]
    rows = [{name: getattr(row, name) for name in columns} for row in ended]
    end_sessions(identity)
    for row in rows:
        fresh = {"secret_hash": row["secret_hash"][::-1], "created_at": clock.now()}
        db.session.execute(insert(Session).values(row | fresh))


def forget_the_entry(identity: int) -> None:
    ago = {"key_entered_at": clock.now() - timedelta(hours=1)}
    db.session.execute(update(Session).where(Session.user_id == identity).values(ago))


def disable(identity: int) -> None:
    off = {"disabled_at": clock.now()}
    db.session.execute(update(User).where(User.id == identity).values(off))


def meanwhile(monkeypatch: pytest.MonkeyPatch, what: Callable[[int], None]) -> None:
    """Have something happen between the checks of a use case and its lock."""
    lock = people.lock

    def late(identity: int, **more: Any) -> User | None:
        what(identity)
        return lock(identity, **more)

    monkeypatch.setattr(acting.people, "lock", late)


@pytest.mark.parametrize("happens", [end_sessions, begin_another_with_its_id, disable])
@pytest.mark.parametrize("deed", DEEDS)
def test_SE5_a_session_that_ended_meanwhile_changes_nothing(
    app: Flask,
    ann: Person,
    ben: Person,
    monkeypatch: pytest.MonkeyPatch,
    deed: str,
    happens: Callable[[int], None],
) -> None:
    who = ben if deed == "resend_confirmation" else ann
    if deed in ABOUT_A_MOVE:
        ann.ask_to_move("ann@new.example")
    before = snapshot(app)
    with app.app_context():
        user = logged_in(who.email)
        meanwhile(monkeypatch, happens)
        with pytest.raises(accounts.SessionEnded):
            DEEDS[deed](user)
    assert snapshot(app) == before


@pytest.mark.parametrize("deed", sorted(NEED_A_RECENT_KEY))
def test_SE7_an_entry_of_the_key_that_is_too_old_by_now_changes_nothing(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    if deed in ABOUT_A_MOVE:
        ann.ask_to_move("ann@new.example")
    before = snapshot(app)
    with app.app_context():
        user = logged_in(ann.email)
        meanwhile(monkeypatch, forget_the_entry)
        with pytest.raises(accounts.KeyNeeded):
            DEEDS[deed](user)
    assert snapshot(app) == before


@pytest.mark.parametrize("htmx", [False, True])
def test_SE5_a_user_logged_out_meanwhile_is_told_and_loses_no_page(
    ann: Person, app: Flask, monkeypatch: pytest.MonkeyPatch, htmx: bool
) -> None:
    token = ann.token()
    meanwhile(monkeypatch, end_sessions)
    answer = ann.post("/profile/nickname", {"nickname": "Still Here"}, htmx=htmx, token=token)
    assert answer.status_code == (401 if htmx else 303)
    target = answer.headers.get("HX-Redirect") or answer.location
    assert target.startswith("/login")
    assert "You were logged out of this browser meanwhile" in ann.get(target).text


@pytest.mark.parametrize("htmx", [False, True])
def test_SE5_a_user_who_was_removed_meanwhile_is_told_the_same(
    ann: Person, app: Flask, monkeypatch: pytest.MonkeyPatch, htmx: bool
) -> None:
    token = ann.token()
    doors = iter(["its count", "the use case"])

    def remove() -> None:
        if next(doors, "") == "the use case":
            with db.engine.begin() as other:
                other.execute(delete(User).where(User.email == ann.email))

    monkeypatch.setattr(database, "_at_the_door", remove)
    answer = ann.post("/profile/nickname", {"nickname": "Still Here"}, htmx=htmx, token=token)
    assert answer.status_code == (401 if htmx else 303)
    assert (answer.headers.get("HX-Redirect") or answer.location).startswith("/login")


def test_SE5_using_a_link_opens_no_session_where_one_has_ended_meanwhile(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = user_of(app, ann.email).id
    ann.ask_to_move("ann@new.example")
    link, token = ann.link("/email/confirm/", "ann@new.example"), ann.token()
    meanwhile(monkeypatch, end_sessions)
    assert ann.post(link, token=token).location == "/login"
    assert not ann.is_logged_in
    assert count(app, Session, Session.user_id == identity) == 0
