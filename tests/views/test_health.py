"""Health checks: whether the process is alive and what it depends on is ready (OP3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from minimaluser import files
from minimaluser.database import db
from minimaluser.testing.client import Person
from minimaluser.testing.database import statements, work


def test_OP3_alive_needs_no_database(app: Flask, eve: Person) -> None:
    with statements(app) as seen:
        answer = eve.get("/healthz")
    assert answer.json == {"status": "ok"}
    assert seen == []


def test_OP3_ready_checks_everything(eve: Person) -> None:
    answer = eve.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": True,
        "schema": True,
        "queue": True,
        "storage": True,
    }


def test_OP3_a_database_that_is_away_is_not_ready(
    eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(db.session, "execute", away)
    answer = eve.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] is False
    assert eve.get("/healthz").status_code == 200


def test_OP3_an_old_schema_is_not_ready(app: Flask, eve: Person) -> None:
    with app.app_context():
        db.session.execute(db.text("UPDATE alembic_version SET version_num = 'old' || version_num"))
        db.session.commit()
    answer = eve.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["schema"] is False


def test_OP3_a_queue_that_does_not_move_is_not_ready(
    app: Flask, eve: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=16))
    answer = eve.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["queue"] is False
    work(app)
    assert eve.get("/readyz").status_code == 200


def test_OP3_a_storage_that_is_away_is_not_ready(
    app: Flask, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_path: str) -> bool:
        raise OSError("away")

    with app.app_context():
        monkeypatch.setattr(files.storage(), "exists", away)
    answer = eve.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["storage"] is False


def test_OP3_neither_reveals_a_version_or_sets_a_cookie(eve: Person) -> None:
    for path in ("/healthz", "/readyz"):
        answer = eve.get(path)
        assert not any(character.isdigit() for character in answer.text)
        assert not answer.headers.getlist("Set-Cookie")
