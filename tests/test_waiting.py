"""No visitor's request waits for mail or for the store: it connects to nobody but the database."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.lib.storage import Bucket
from minimaluser.models import OutboxItem
from minimaluser.services import services_of
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import KEY
from minimaluser.testing.sites import PRODUCTION

BUCKET, MAILER = "http://store.invalid", "http://mailer.invalid"


class Encrypted(FlaskClient):
    """Asks the site as it is deployed."""

    def open(self, *about: Any, **more: Any) -> TestResponse:
        return super().open(*about, **{"base_url": PRODUCTION["SITE_URL"], **more})


@pytest.fixture
def deployed(production: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A site whose mailer and whose store are elsewhere, and whose worker is really woken."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "somebody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    change_settings(production, mailer_url=MAILER)
    services_of(production).storage = store = Bucket("tiles", BUCKET)
    store.TRIES = 1
    production.test_client_class = Encrypted
    engine = services_of(production).huey.storage
    engine.initialize_schema()
    with (
        production.app_context()
    ):  # what the other people's mails are sealed with is not known here
        db.session.execute(delete(OutboxItem))
        db.session.commit()
    yield production
    engine.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Hosts that were to be connected to, and the threads that tried; none is reached."""
    asked: list[Any] = []
    start = threading.Thread.start

    def refuse(*about: Any, **_more: Any) -> Any:
        asked.append(about[:2])
        raise OSError("nobody is there")

    def note(thread: threading.Thread) -> None:
        asked.append(thread)
        start(thread)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(threading.Thread, "start", note)
    return asked


NEW_KEY = "seven green trains at noon"


def mail_again(zoe: Person) -> None:
    zoe.post("/confirm")
    zoe.key = zoe.mailed(KEY)


def leave(zoe: Person) -> None:
    zoe.log_in(NEW_KEY)
    zoe.post("/profile/delete", {"current_key": NEW_KEY})


FORMS: dict[str, Callable[[Person], Any]] = {  # one after the other
    "sign-up": lambda zoe: zoe.sign_up(),
    "the mail again": mail_again,
    "a tile": lambda zoe: zoe.post("/profile/tile", {"seed": "0" * 16}),
    "a key": lambda zoe: zoe.choose_key("blue kettle sings at dawn"),
    "an address": lambda zoe: zoe.ask_to_move("zoe@new.example"),
    "a code": lambda zoe: zoe.ask_for_code(),
    "a forgotten key": lambda zoe: zoe.use_code(*zoe.ask_for_code(), NEW_KEY),
    "leaving": leave,
}


def in_outbox(site: Flask) -> int:
    with site.app_context():
        return max(row.id for row in outbox.unfinished())


def test_OP_every_form_leaves_mail_and_files_to_the_worker(
    deployed: Flask, asked: list[Any]
) -> None:
    zoe, newest = Person(deployed, "zoe@example.org"), 0
    for what, send in FORMS.items():
        send(zoe)
        assert asked == [], what
        assert in_outbox(deployed) > newest, what
        newest = in_outbox(deployed)


def test_the_worker_is_seen_to_ask_both(deployed: Flask, asked: list[Any]) -> None:
    Person(deployed, "zoe@example.org").sign_up()
    with deployed.app_context():
        outbox.drain()
    names = {about[0] for about in asked if isinstance(about, tuple)}
    assert names == {"mailer.invalid", "store.invalid"}
    assert any(isinstance(about, threading.Thread) for about in asked)
