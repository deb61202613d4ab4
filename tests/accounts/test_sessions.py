"""Sessions: how long they last, and what ends them (SE4, SE5, AZ2)."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.database import db
from minimaluser.models import Session, User
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.security import sessions
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, user_of


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
    phone = ann.logged_in_elsewhere(keep="y")
    clock.shift(7 * DAY - HOUR)
    assert phone.is_logged_in
    clock.shift(7 * DAY)
    assert not phone.is_logged_in


def test_SE4_a_session_ends_after_30_days_however_often_it_is_used(
    ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.logged_in_elsewhere(keep="y")
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


def test_SE4_somebody_else_s_sessions_do_not_count(ann: Person, ben: Person) -> None:
    for _ in range(10):
        ann.elsewhere().log_in()
    assert ben.is_logged_in


def test_SE5_logging_out_ends_only_this_session(app: Flask, ann: Person) -> None:
    phone = ann.logged_in_elsewhere()
    stolen = phone.client.get_cookie("mu_session").value
    phone.log_out()
    assert not phone.is_logged_in
    assert ann.is_logged_in
    phone.client.set_cookie("mu_session", stolen)
    assert not phone.is_logged_in


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


def test_SE4_a_session_replaced_by_others_at_once_is_no_error(inside: Any, ann: Person) -> None:
    user = accounts.log_in(ann.email, ann.key, True, "Firefox")
    db.session.execute(db.delete(Session))
    db.session.commit()
    assert user.session.keep
