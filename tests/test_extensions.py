"""A database connection that dies under a request."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import exc, select

from minimaluser.database import db
from minimaluser.models import User
from minimaluser.security.access import EVERYBODY, access


@pytest.fixture
def reading(app: Flask) -> str:
    """The address of a page that reads a row and then answers."""

    def read() -> str:
        db.session.execute(select(User.id)).first()
        return "read"

    app.view_functions["pages.about"] = access(EVERYBODY)(read)
    return "/about"


def break_the_end(app: Flask, monkeypatch: pytest.MonkeyPatch, *, lost: bool) -> list[Any]:
    """Have the first end of a transaction fail, as it does when the database has died."""
    with app.app_context():
        dialect = db.engine.dialect
    failed: list[Any] = []
    end = dialect.do_rollback

    def do_rollback(connection: Any) -> None:
        if not failed:
            failed.append(connection)
            raise dialect.dbapi.OperationalError("server closed the connection unexpectedly")
        end(connection)

    monkeypatch.setattr(dialect, "do_rollback", do_rollback)
    monkeypatch.setattr(dialect, "is_disconnect", lambda *_about: lost)
    return failed


def test_a_connection_lost_after_the_answer_was_made_does_not_take_the_answer_away(
    app: Flask, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = break_the_end(app, monkeypatch, lost=True)
    client = app.test_client()
    assert client.get(reading).text == "read"
    assert len(failed) == 1
    assert client.get(reading).text == "read"


def test_any_other_trouble_at_the_end_of_a_request_is_still_seen(
    app: Flask, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = break_the_end(app, monkeypatch, lost=False)
    with pytest.raises(exc.OperationalError):
        app.test_client().get(reading)
    failed[0].close()
