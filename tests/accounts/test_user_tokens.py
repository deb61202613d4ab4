"""Forged, damaged and planted tokens and cookies of a session (SE1, SE3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from minimaluser.lib import tokens
from minimaluser.models import Session, User
from minimaluser.rules import HOUR
from minimaluser.settings import settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, user_of


def test_SE1_the_database_holds_no_secret_of_a_session(app: Flask, ann: Person) -> None:
    with ann.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with app.app_context():
        secret = tokens.read(settings_of(app).jwt_secret_user, "user", token)["sid"]
    assert len(bytes.fromhex(secret)) == 32
    row = rows_of(app, Session)[-1]
    assert row.secret_hash == tokens.digest(secret)
    assert secret not in repr(vars(row))


def test_SE1_the_hash_of_a_session_cannot_be_used_as_its_secret(app: Flask, ann: Person) -> None:
    user, row = user_of(app, ann.email), rows_of(app, Session)[-1]
    token = forged(app, user, sid=row.secret_hash)
    assert state_with(ann, token) == "guest"


def forged(app: Flask, user: User, **claims: Any) -> str:
    made = {"email": user.email, "sid": "0" * 64, **claims}
    subject = str(made.pop("sub", user.id))
    purpose = made.pop("purpose", "user")
    secrets = made.pop("secrets", settings_of(app).jwt_secret_user)
    return tokens.issue(secrets, purpose, subject, made.pop("life", HOUR), **made)[0]


def state_with(person: Person, token: Any) -> str:
    """Put a correctly signed user token into the cookie and return the user."""
    with person.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    home = person.get("/")
    assert home.status_code == 200
    return "logged in" if 'id="user-menu"' in home.text else "guest"


BAD_TOKENS: dict[str, Callable[[Flask, User, str], Any]] = {
    "nothing": lambda *_: "",
    "a word": lambda *_: "token",
    "the user's id": lambda _app, user, _sid: str(user.id),
    "not ASCII": lambda *_: "é" * 20,
    "very long": lambda *_: "x" * 2000,
    "another purpose": lambda app, user, sid: forged(app, user, sid=sid, purpose="confirm"),
    "another secret": lambda app, user, sid: forged(
        app, user, sid=sid, secrets=settings_of(app).jwt_secret_html
    ),
    "expired": lambda app, user, sid: forged(app, user, sid=sid, life=timedelta(hours=-1)),
    "another user": lambda app, user, sid: forged(app, user, sid=sid, sub=user.id - 1),
    "user 0": lambda app, user, sid: forged(app, user, sid=sid, sub=0),
    "no user": lambda app, user, sid: forged(app, user, sid=sid, sub="root"),
    "another address": lambda app, user, sid: forged(app, user, sid=sid, email="x@example.org"),
    "no address": lambda app, user, sid: forged(app, user, sid=sid, email=None),
    "an unknown session": lambda app, user, _sid: forged(app, user),
    "no session": lambda app, user, _sid: forged(app, user, sid=None),
    "a session of a wrong type": lambda app, user, _sid: forged(app, user, sid=["x"]),
}


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_SE1_a_bad_user_token_makes_a_guest_and_no_error(
    app: Flask, ann: Person, case: str
) -> None:
    user = user_of(app, ann.email)
    with ann.client.session_transaction() as cookie:
        good = cookie["_user_id"]
    with app.app_context():
        secret = tokens.read(settings_of(app).jwt_secret_user, "user", good)["sid"]
    assert state_with(ann, forged(app, user, sid=secret)) == "logged in"
    assert state_with(ann, BAD_TOKENS[case](app, user, secret)) == "guest"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value[:-1],
        lambda value: value[1:],
        lambda value: value[: len(value) // 2],
        lambda value: value.swapcase(),
        lambda value: value + "x",
        lambda _value: "",
        lambda _value: "....",
        lambda _value: "é",
    ],
)
def test_SE1_a_damaged_cookie_makes_a_guest_and_no_error(
    ann: Person, spoil: Callable[[str], str]
) -> None:
    value = ann.client.get_cookie("mu_session").value
    ann.client.set_cookie("mu_session", spoil(value))
    assert ann.get("/").status_code == 200
    assert not ann.is_logged_in


def test_a_changed_address_makes_the_old_token_worthless(app: Flask, ann: Person) -> None:
    change(app, User, user_of(app, ann.email).id, email="new@example.org")
    assert not ann.is_logged_in


def test_SE3_a_log_in_makes_a_new_session_and_forgets_the_guest(app: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    phone.get("/forgot-key")
    with phone.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        assert "browser" in cookie
    old_token = phone.token()
    phone.log_in()
    with phone.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert "browser" not in cookie
    assert phone.post("/logout", token=old_token).status_code == 403
    assert phone.is_logged_in


def test_SE3_a_cookie_fixed_before_the_log_in_is_not_logged_in_after_it(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.get("/forgot-key")
    fixed = phone.client.get_cookie("mu_session").value
    phone.log_in()
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", fixed)
    assert not thief.is_logged_in


@pytest.mark.parametrize("what", ["confirming", "a new key", "the key entered again"])
def test_SE3_neither_cookie_nor_form_from_before_works_afterwards(ben: Person, what: str) -> None:
    thief, old = ben.elsewhere(), ben.token()
    thief.client.set_cookie("mu_session", ben.client.get_cookie("mu_session").value)
    assert thief.is_logged_in
    if what == "confirming":
        ben.confirm()
    elif what == "a new key":
        ben.choose_key("seven green trains at noon")
    else:
        assert ben.post("/key-entry", {"current_key": ben.key}).status_code == 303
    assert not thief.is_logged_in
    assert ben.is_logged_in
    assert ben.post("/logout", token=old).status_code == 403


def test_SE3_every_log_in_has_a_session_of_its_own(app: Flask, ann: Person) -> None:
    before = count(app, Session)
    for _ in range(3):
        ann.elsewhere().log_in()
    assert count(app, Session) == before + 3
    assert len({row.secret_hash for row in rows_of(app, Session)}) == before + 3
