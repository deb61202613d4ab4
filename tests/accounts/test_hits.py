"""How hits are stored, counted under each secret, deleted, and what happens when that fails."""

from __future__ import annotations

import logging

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib import audit, shared_counter
from minimaluser.models import Hit
from minimaluser.rules import DAY, HOUR, rules
from minimaluser.security import hits, limits
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of
from minimaluser.testing.sites import SITE_URL, Site
from tests.accounts.counting import at, wrong_log_in


def test_RL1_another_process_sees_the_same_count(
    counted: Flask, site: Site, server_of_hits: str
) -> None:
    with counted.app_context():
        for _ in range(10):
            limits.count("log-in", "x")
    shared = server_of_hits if services_of(counted).counter else ""
    environ = {
        "INSTANCE_PATH": str(settings_of(counted).instance_path),
        "DATABASE_URL": settings_of(counted).database_url,
        "RATE_LIMIT_STORAGE_URL": shared,
        "SITE_URL": SITE_URL,
    }
    restarted = create_app(environ)
    with restarted.app_context(), pytest.raises(limits.TooMany):
        limits.count("log-in", "x")
    if shared:
        services_of(restarted).counter._client.close()
    close(restarted)


def test_RL1_neither_address_nor_network_is_stored_in_clear(app: Flask, ann: Person) -> None:
    phone = at(ann.elsewhere(), "192.0.2.99")
    wrong_log_in(phone)
    rows = rows_of(app, Hit)
    members = {rows[-1].member, rows[-2].member}  # wrong keys in a row are counted apart
    counted = [row for row in rows if row.member in members]
    assert len(counted) == 4
    for row in counted:
        assert len(row.key) == 64
        assert "ann" not in str(vars(row))
        assert "192.0.2" not in str(vars(row))


def test_RL1_old_hits_are_purged(app: Flask, ann: Person, clock: time_machine.Traveller) -> None:
    from minimaluser import accounts

    rename_once = ann.post("/profile/nickname", {"nickname": "Ann Once"})
    assert rename_once.status_code == 303
    assert count(app, Hit) > 0
    with app.app_context():
        accounts.purge()
    assert count(app, Hit) > 0
    clock.shift(31 * DAY)
    with app.app_context():
        accounts.purge()
    assert count(app, Hit) == 0


def test_DL1_the_counts_of_an_account_are_deleted_with_it(app: Flask, ann: Person) -> None:
    user = user_of(app, ann.email)
    ann.post("/profile/nickname", {"nickname": "Ann Once"})
    with app.app_context():
        key = limits._keys("nickname", "account", user)[0]
    assert count(app, Hit, Hit.key == key) == 1
    with app.app_context():
        limits.forget(user)
        db.session.commit()
    assert count(app, Hit, Hit.key == key) == 0


def rotate(app: Flask, *secrets: str) -> None:
    change_settings(app, session_secret=list(secrets))


def is_full(app: Flask, action: str = "log-in", subject: str = "x") -> bool:
    with app.app_context():
        try:
            limits.count(action, subject)
        except limits.TooMany:
            return True
    return False


def test_OP1_no_count_restarts_when_a_secret_is_rotated(
    counted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((12, 30 * DAY),)})
    rotate(counted, "old" * 12)
    assert [is_full(counted) for _ in range(11)] == [False] * 10 + [True]
    for _ in range(10):
        assert not is_full(counted, "wrong-keys")
    rotate(counted, "new" * 12, "old" * 12)
    assert is_full(counted)
    assert [is_full(counted, "wrong-keys") for _ in range(3)] == [False, False, True]
    assert [is_full(counted, "log-in", "y") for _ in range(11)] == [False] * 10 + [True]
    rotate(counted, "new" * 12)
    assert is_full(counted, "log-in", "y"), "what was counted since the new one came stays"


@pytest.mark.parametrize("way", ["give back", "clear"])
def test_OP1_hits_given_back_or_cleared_count_under_no_secret(counted: Flask, way: str) -> None:
    rotate(counted, "old" * 12)
    assert not is_full(counted, "log-in-known")
    rotate(counted, "new" * 12, "old" * 12)
    with counted.app_context():
        for _ in range(4):
            attempt = limits.count("log-in-known", "x")
            if way == "give back":
                limits.give_back(attempt)
                db.session.commit()
        if way == "clear":
            limits.clear("x", "log-in-known")
            db.session.commit()
    free = {"give back": (4, 5), "clear": (5, 5)}[way]
    for most, *secrets in ((free[0], "new" * 12, "old" * 12), (free[1] - free[0], "new" * 12)):
        rotate(counted, *secrets)
        for _ in range(most):
            assert not is_full(counted, "log-in-known")
    assert is_full(counted, "log-in-known")


def test_OP1_the_alarm_of_the_whole_site_works_under_each_secret(
    counted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(audit, "note", lambda *_, **more: said.append(more["site"]))
    monkeypatch.setitem(rules.limits, "code", {"site": ((3, HOUR),)})
    rotate(counted, "old" * 12)
    assert [is_full(counted, "code") for _ in range(3)] == [False] * 3
    rotate(counted, "new" * 12, "old" * 12)
    assert is_full(counted, "code")
    assert said == [True]


def test_RL4_without_the_shared_counter_codes_are_refused_and_the_database_counts_the_rest(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(app, rate_limit_crowd=1)
    said: list[str] = []
    monkeypatch.setattr(audit.log, "log", lambda _level, event, **_: said.append(event))
    services_of(app).counter = shared_counter.SharedCounter("unix:///nowhere/at/all")
    phone = ann.elsewhere()
    answer = phone.post("/forgot-key", {"email": ann.email})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert [wrong_log_in(phone).status_code for _ in range(11)] == [422] * 10 + [429]
    assert "limit_counter_unreachable" in said


def test_RL4_a_counter_in_the_database_that_fails_is_a_503(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def locked(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(hits, "count", locked)
    phone = ann.elsewhere()
    for path, form in {
        "/login": {"email": ann.email, "key": ann.key},
        "/forgot-key": {"email": ann.email},
        "/signup": {"email": "new@example.org"},
        "/confirm/x": {},
    }.items():
        answer = phone.post(path, form)
        assert answer.status_code == 503, path
        assert int(answer.headers["Retry-After"]) > 0
