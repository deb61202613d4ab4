"""The engine itself, on the database of this run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from huey import Huey

from minimaluser import outbox
from minimaluser.outbox import engine
from minimaluser.services import services_of
from tests.person import Person


@pytest.fixture
def huey(app: Flask) -> Iterator[Huey]:
    ours = services_of(app)
    ours.huey, ours.wake = engine.start(app)  # the app of the tests sleeps
    ours.huey.storage.initialize_schema()  # as the worker does when it starts
    yield ours.huey
    ours.huey.storage.close()


def test_a_commit_wakes_the_worker_once(app: Flask, huey: Huey, eve: Person) -> None:
    eve.sign_up()
    eve.post("/confirm")
    assert huey.pending_count() == 1


def test_what_fails_is_looked_at_again_later(app: Flask, huey: Huey) -> None:
    with app.app_context():
        outbox.wake(30.0)
    (task,) = huey.pending()
    assert task.eta is not None
