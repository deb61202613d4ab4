"""The worker as a process of its own, and the engine that wakes it."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from flask import Flask

from minimaluser import create_app, outbox
from minimaluser.database import db
from minimaluser.models import OutboxItem
from minimaluser.services import services_of
from minimaluser.settings import ROOT, settings_of
from minimaluser.testing import keeper
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of
from minimaluser.testing.scripted import Scripted, accept
from minimaluser.testing.sites import Site

LONGEST_START_SECONDS = 30

pytestmark = pytest.mark.sqlite  # tests/faults starts workers on PostgreSQL


@pytest.fixture
def awake(site: Site, tmp_path: Path) -> Iterator[Flask]:
    """A site whose worker is woken, unlike that of other tests."""
    folder = tmp_path / "instance"
    shutil.copytree(site.folder, folder)
    app = create_app({"INSTANCE_PATH": str(folder), "SITE_URL": "http://localhost"})
    yield app
    close(app)


@contextmanager
def worker(awake: Flask, **more: str) -> Iterator[subprocess.Popen[str]]:
    environ = {
        **os.environ,
        "APP_ENV": "development",
        "INSTANCE_PATH": str(settings_of(awake).instance_path),
        "SITE_URL": "http://localhost",
        "PYTHONWARNINGS": "default",
        **more,
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "minimaluser.outbox.worker"],
        cwd=ROOT,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    keeper.keep(started)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.communicate()
        keeper.let_go(started)


@pytest.fixture
def process(awake: Flask) -> Iterator[subprocess.Popen[str]]:
    with worker(awake) as started:
        yield started


def until(true: object, seconds: float) -> bool:
    """Wait until a function returns something true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_OP3_the_worker_does_what_waits_and_ends_when_told(
    awake: Flask, process: subprocess.Popen[str]
) -> None:
    ann = Person(awake, "carla@example.org")
    ann.sign_up()
    name = user_of(awake, ann.email).tile_name
    tile = settings_of(awake).storage_folder / "tiles" / f"{name}.svg"
    assert until(tile.exists, LONGEST_START_SECONDS)
    assert until(lambda: user_of(awake, ann.email).tile_svg is None, 5)
    user = user_of(awake, ann.email)
    of_ann = (OutboxItem.user_id == user.id, OutboxItem.state == outbox.DONE)
    assert until(lambda: count(awake, OutboxItem, *of_ann) == 2, 5)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "The worker waits" in errors


def test_OP3_what_the_worker_is_at_when_told_to_end_is_finished(awake: Flask) -> None:
    told = threading.Event()

    def answer_late(handler: BaseHTTPRequestHandler) -> None:
        told.wait(LONGEST_START_SECONDS)
        time.sleep(0.5)
        accept(handler)

    mailer = Scripted(answer_late)
    try:
        with worker(awake, MAILER_URL=mailer.url) as process:
            Person(awake, "carla@example.org").post("/signup", {"email": "carla@example.org"})
            assert until(lambda: mailer.bodies, LONGEST_START_SECONDS)
            process.send_signal(signal.SIGTERM)
            told.set()
            process.communicate(timeout=15)
            assert process.returncode == 0
    finally:
        told.set()
        mailer.stop()
    sent = [body["id"] for body in mailer.bodies]
    done = (OutboxItem.kind == "mail", OutboxItem.state == outbox.DONE)
    assert count(awake, OutboxItem, *done) == len(sent) > 0


def test_a_commit_leaves_one_task_for_the_worker_however_much_there_is_to_do(
    awake: Flask,
) -> None:
    huey = services_of(awake).huey
    before = huey.pending_count()
    for number in range(3):
        with awake.app_context():
            outbox.add("tile_remove", str(number), None)
            db.session.commit()
    assert huey.pending_count() == max(before, 1)


def test_a_task_carries_no_data(awake: Flask) -> None:
    with awake.app_context():
        outbox.add("tile_remove", "the-name-of-a-tile", None)
        db.session.commit()
    for path in settings_of(awake).instance_path.glob("tasks.db*"):
        assert b"the-name-of-a-tile" not in path.read_bytes()


def test_a_woken_worker_drains_the_outbox(awake: Flask) -> None:
    huey = services_of(awake).huey
    with awake.app_context():
        outbox.add("tile_remove", "x", None)
        db.session.commit()
    huey.execute(huey.dequeue())
    assert {row.state for row in rows_of(awake, OutboxItem)} == {outbox.DONE}


def test_a_forged_task_is_not_done(awake: Flask) -> None:
    """The file of the engine is no way in: Huey's messages are pickles, so they are signed."""
    huey = services_of(awake).huey
    while huey.dequeue():
        pass
    huey.storage.enqueue(pickle.dumps(["forged"]))
    with pytest.raises(ValueError, match=r"[Ss]eparator|[Ss]ignature"):
        huey.dequeue()
