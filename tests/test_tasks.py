"""The engine itself, on the database of this run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from huey import Huey

from minimaluser import outbox
from minimaluser.outbox import engine as tasks
from tests.person import Person


@pytest.fixture
def engine(app: Flask) -> Iterator[Huey]:
    tasks.bind(app)  # the app of the tests sleeps
    engine = app.extensions["huey"]
    engine.storage.initialize_schema()  # as the worker does when it starts
    yield engine
    engine.storage.close()


def test_a_commit_wakes_the_worker_once(app: Flask, engine: Huey, eve: Person) -> None:
    eve.sign_up()
    eve.post("/confirm")
    assert engine.pending_count() == 1


def test_what_fails_is_looked_at_again_later(app: Flask, engine: Huey) -> None:
    with app.app_context():
        outbox.wake(30.0)
    (task,) = engine.pending()
    assert task.eta is not None
