"""Sessions: how long they last, what ends them, and stolen or malformed tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from minimaluser import accounts
from minimaluser.accounts import login
from minimaluser.database import db
from minimaluser.lib import hashing, tokens
from minimaluser.models import Session, User
from minimaluser.rules import rules
from minimaluser.security import sessions
from minimaluser.settings import settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, user_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_SE4_without_keep_a_session_ends_after_12_idle_hours(
    ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(12 * HOUR - MINUTE)
    assert ann.is_logged_in
    clock.shift(12 * HOUR - MINUTE)
    assert ann.is_logged_in  # every visit restarts the idle time
    clock.shift(12 * HOUR)
    assert not ann.is_logged_in


def test_SE4_with_keep_a_session_ends_after_7_idle_days(
    ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.elsewhere()
    phone.log_in(keep="y")
    clock.shift(7 * DAY - HOUR)
    assert phone.is_logged_in
    clock.shift(7 * DAY)
    assert not phone.is_logged_in


def test_SE4_a_session_ends_after_30_days_however_often_it_is_used(
    ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.elsewhere()
    phone.log_in(keep="y")
    for _ in range(5):
        clock.shift(6 * DAY - MINUTE)
        assert phone.is_logged_in
    clock.shift(5 * MINUTE)
    assert not phone.is_logged_in


def test_a_session_is_noted_as_seen_at_most_every_five_minutes(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.get("/profile")
    first = rows_of(app, Session, Session.user_id == user_of(app, ann.email).id)[0].seen_at
    clock.shift(4 * MINUTE)
    ann.get("/profile")
    assert rows_of(app, Session)[-1].seen_at == first
    clock.shift(MINUTE)
    ann.get("/profile")
    assert rows_of(app, Session)[-1].seen_at > first


def test_a_busy_database_does_not_break_the_page(
    ann: Person, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def locked() -> Any:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    clock.shift(HOUR)
    monkeypatch.setattr(sessions, "transaction", locked)
    assert ann.get("/profile").status_code == 200


def test_SE4_the_eleventh_session_ends_the_oldest(app: Flask, ann: Person) -> None:
    devices = [ann, *(ann.elsewhere() for _ in range(10))]
    for device in devices[1:]:
        device.log_in()
    assert [device.is_logged_in for device in devices] == [False] + [True] * 10
    assert count(app, Session, Session.user_id == user_of(app, ann.email).id) == 10


def test_SE4_somebody_elses_sessions_do_not_count(ann: Person, ben: Person) -> None:
    for _ in range(10):
        ann.elsewhere().log_in()
    assert ben.is_logged_in


def test_SE5_logging_out_ends_only_this_session(app: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    phone.log_in()
    stolen = phone.client.get_cookie("mu_session").value
    phone.log_out()
    assert not phone.is_logged_in
    assert ann.is_logged_in
    phone.client.set_cookie("mu_session", stolen)
    assert not phone.is_logged_in


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


def test_AZ2_a_disabled_user_is_a_guest_from_the_next_request(app: Flask, ann: Person) -> None:
    change(app, User, user_of(app, ann.email).id, disabled_at=sessions.clock.now())
    assert not ann.is_logged_in
    assert ann.log_in().status_code == 422


def test_AZ2_confirming_in_one_browser_shows_in_the_next_request_of_another(
    app: Flask, ben: Person
) -> None:
    with app.app_context():
        accounts.set_state(ben.email, "confirmed")
    assert ben.get("/club/").status_code == 200
    change(app, User, user_of(app, ben.email).id, confirmed_at=None)
    assert ben.get("/club/").status_code == 303


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


def test_EN1_every_refused_log_in_reads_the_same(app: Flask, ann: Person, ben: Person) -> None:
    change(app, User, user_of(app, ben.email).id, disabled_at=sessions.clock.now())
    with app.app_context():
        for email, key in (
            (ann.email, "wrong"),
            (ann.email, ""),
            ("nobody@example.org", ann.key),
            ("no address", ann.key),
            ("", ""),
            (ben.email, ben.key),
        ):
            with pytest.raises(accounts.Refused, match=login.NOT_KNOWN[:30]) as refusal:
                accounts.log_in(email, key, False, "")
            assert refusal.value.field == "key"


def test_CR2_a_mailed_key_stops_working_after_7_days(
    ben: Person, clock: time_machine.Traveller
) -> None:
    phone = ben.elsewhere()
    clock.shift(7 * DAY - timedelta(seconds=1))
    assert phone.log_in().status_code == 303
    clock.shift(timedelta(seconds=2))
    assert phone.elsewhere().log_in().status_code == 422


def test_CR2_an_own_key_does_not_stop_working(ann: Person, clock: time_machine.Traveller) -> None:
    clock.shift(400 * DAY)
    assert ann.log_in().status_code == 303


@pytest.mark.parametrize(
    "typed",
    [
        "Blue kettle sings at dawn",
        "blue kettle sings at dawn ",
        " blue kettle sings at dawn",
        "blue  kettle sings at dawn",
        "blue kettle sings at daw",
        "bluekettlesingsatdawn",
    ],
)
def test_CR4_a_key_is_compared_exactly(ann: Person, typed: str) -> None:
    assert ann.elsewhere().log_in(typed).status_code == 422


def test_the_address_is_compared_without_regard_to_case(ann: Person) -> None:
    ann.email = "ANN@Example.ORG"
    assert ann.elsewhere().log_in().status_code == 303


def test_CR7_a_weaker_hash_is_renewed_at_the_log_in(
    app: Flask, ann: Person, costly_hashes: None
) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(ann.key)
    identity = user_of(app, ann.email).id
    change(app, User, identity, key_hash=weaker)
    assert ann.elsewhere().log_in("wrong").status_code == 422
    assert user_of(app, ann.email).key_hash == weaker
    assert ann.elsewhere().log_in().status_code == 303
    stronger = user_of(app, ann.email).key_hash
    assert stronger.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert ann.elsewhere().log_in().status_code == 303
    assert user_of(app, ann.email).key_hash == stronger


def test_a_key_changed_while_it_is_verified_is_refused(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = user_of(app, ann.email).id
    verify = hashing.verify_key

    def slowly(hashed: str | None, key: str, most_bytes: int) -> bool:
        change(app, User, identity, key_hash=hashing.hash_key("another key in the meantime"))
        return verify(hashed, key, most_bytes)

    monkeypatch.setattr(hashing, "verify_key", slowly)
    with app.app_context(), pytest.raises(accounts.Refused):
        accounts.log_in(ann.email, ann.key, False, "")


def test_the_list_shows_live_sessions_the_latest_used_first(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.elsewhere()
    clock.shift(HOUR)
    phone.client.environ_base["HTTP_USER_AGENT"] = "Firefox Android"
    phone.log_in(keep="y")
    clock.shift(11 * HOUR)
    with app.app_context():
        user = accounts.load_user(user_token_of(phone))
        assert [row.browser for row in accounts.list_sessions(user)] == ["Firefox on Android"]
    assert count(app, Session, Session.user_id == user_of(app, ann.email).id) == 2


def user_token_of(person: Person) -> str:
    with person.client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def test_a_session_of_a_restored_backup_is_no_older_than_it_may_be(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    cookie = ann.client.get_cookie("mu_session").value
    clock.shift(rules.session_absolute + MINUTE)
    ann.client.set_cookie("mu_session", cookie)
    assert not ann.is_logged_in


# --- a new device


def told(person: Person) -> int:
    return sum("A new device" in mail.subject for mail in person.mails())


def test_SE8_a_log_in_from_a_new_device_is_mailed_once(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15) Firefox/140.0"
    phone.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    phone.log_in()
    assert told(ann) == 1
    mail = ann.mails()[0]
    assert "Firefox on Android" in mail.text
    assert "network 192.0.2.0" in mail.text
    assert "192.0.2.77" not in mail.text + mail.html
    phone.log_out()
    phone.log_in()
    assert told(ann) == 1
    assert "Logged in from a new device" in ann.get("/profile/events").text


def test_SE8_the_browser_that_confirmed_is_not_new_and_the_one_that_signed_up_is(
    eve: Person,
) -> None:
    eve.sign_up()
    laptop = eve.elsewhere()
    laptop.post(eve.link("/confirm/"))
    for browser in (eve, laptop):
        browser.get("/")
        if browser.is_logged_in:
            browser.log_out()
        browser.key = eve.key
        assert browser.log_in().status_code == 303
        assert told(eve) == (browser is eve or browser is laptop)


def test_SE8_a_new_device_of_an_address_never_confirmed_is_mailed_to_nobody(ben: Person) -> None:
    ben.elsewhere().log_in()
    assert told(ben) == 0


def test_SE8_a_wrong_key_makes_no_device_known(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.log_in("wrong")
    assert phone.client.get_cookie("mu_browser") is None
    assert told(ann) == 0


def test_SE8_another_users_token_or_a_malformed_one_makes_no_device_known(
    ann: Person, ben: Person
) -> None:
    ben.confirm()
    bens = ben.elsewhere()
    bens.log_in()
    for value in (bens.client.get_cookie("mu_browser").value, "x", "a.b.c"):
        phone, before = ann.elsewhere(), told(ann)
        phone.client.set_cookie("mu_browser", value)
        phone.log_in()
        assert told(ann) == before + 1


def test_SE8_a_device_is_new_again_after_90_days(
    ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.elsewhere()
    phone.log_in()
    clock.shift(90 * DAY + MINUTE)
    phone.log_in()
    assert told(ann) == 2


def test_SE2_the_token_of_a_device_is_for_this_site_and_not_for_scripts(ann: Person) -> None:
    cookie = next(
        c
        for c in ann.elsewhere().log_in().headers.getlist("Set-Cookie")
        if c.startswith("mu_browser")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_SE4_a_session_replaced_by_others_at_once_is_no_error(inside: Any, ann: Person) -> None:
    user = accounts.log_in(ann.email, ann.key, True, "Firefox")
    db.session.execute(db.delete(Session))
    db.session.commit()
    assert user.session.keep
