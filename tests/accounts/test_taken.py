"""A value that somebody has is told; any other refusal of the database is a fault of the site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError

from minimaluser import accounts
from minimaluser.accounts.signup import NOT_DONE
from minimaluser.database import Taken, db, transaction
from minimaluser.models import User
from minimaluser.testing.client import Person
from minimaluser.testing.database import logged_in


@pytest.fixture
def forgotten() -> Iterator[None]:
    """A product has a column that needs a value, and nobody gives it one."""

    def forget(_mapper: Any, _connection: Any, user: User) -> None:
        user.tile_seed = None

    for name in ("before_insert", "before_update"):
        event.listen(User, name, forget)
    yield
    for name in ("before_insert", "before_update"):
        event.remove(User, name, forget)


def test_a_value_that_another_row_has_is_taken(app: Flask, ann: Person, ben: Person) -> None:
    with app.app_context():
        user = logged_in(ann.email)
        row = {each.name: getattr(user, each.name) for each in User.__table__.columns}
        again = insert(User).values(row | {"email_key": "x", "nickname_key": "x"})
        with pytest.raises(Taken), transaction():
            user.email_key = ben.email
        with pytest.raises(Taken), transaction():
            db.session.execute(again)


@pytest.mark.usefixtures("forgotten")
def test_a_value_that_is_missing_is_not_taken(app: Flask, ann: Person) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        accounts.create_user("carla@example.org", "confirmed", None)
    with app.app_context(), pytest.raises(IntegrityError):
        accounts.change_nickname(logged_in(ann.email), "Ann the Great")


@pytest.mark.usefixtures("forgotten")
def test_a_sign_up_that_fails_says_so_and_is_logged(
    app: Flask, eve: Person, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = eve.post("/signup", {"email": eve.email})
    assert answer.status_code == 500
    assert NOT_DONE not in answer.text
    assert "IntegrityError" in caplog.text
