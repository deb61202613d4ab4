"""Mail on its way from the outbox to the mailer, whatever the mailer does."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import time_machine
import trustme
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from minimaluser import outbox
from minimaluser.database import db, transaction
from minimaluser.lib import clock, post
from minimaluser.mailer import contract
from minimaluser.mailer import create_app as create_mailer
from minimaluser.models import OutboxItem, people
from minimaluser.outbox import delivery
from minimaluser.rules import rules
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.processes import free_port
from minimaluser.testing.scripted import Scripted, accept, drip, hang_up, say
from tests import club


@pytest.fixture
def mailer(app: Flask) -> Iterator[Scripted]:
    server = Scripted(accept)
    change_settings(app, mailer_url=server.url)
    yield server
    server.stop()


@pytest.fixture
def letter(app: Flask, mailer: Scripted, eve: Person) -> Callable[[], Any]:
    """Sign Eve up, drop what else is due, and return how her mail's row is now."""
    with app.app_context():
        outbox.drain()
    mailer.bodies.clear()
    eve.sign_up()

    def now() -> OutboxItem:
        query = select(OutboxItem).where(OutboxItem.kind == "mail").order_by(OutboxItem.id.desc())
        return db.session.scalars(query).first()

    return now


def test_ML5_what_was_accepted_is_done_and_its_text_wiped(
    app: Flask, mailer: Scripted, letter: Callable[[], Any], eve: Person
) -> None:
    with app.app_context():
        before = letter().sealed
        assert before is not None
        assert eve.email.encode() not in before
        outbox.drain()
        assert (letter().state, letter().sealed) == ("done", None)
    (body,) = mailer.bodies
    assert set(body) == {*contract.FIELDS, contract.CLASS, contract.ESSENTIAL}
    assert (body[contract.CLASS], body[contract.ESSENTIAL]) == (contract.PROOF, False)
    assert body["to"] == eve.email


@pytest.mark.parametrize(
    ("what", "act"),
    [
        ("an error", say(500, b"oops")),
        ("too many", say(429, b"", Retry_After="7")),
        ("not now", say(503, b'{"status": "later"}')),
        ("a time-out", say(408)),
        ("garbage", say(200, b"<html>")),
        ("another word", say(200, b'{"status": "fine"}')),
        ("a list", say(200, b'["accepted"]')),
        ("too much", say(200, b'{"status": "accepted"}'.ljust(64 * 1024 + 1))),
        ("a deep one", say(200, b"[" * 50_000)),
        ("nothing", hang_up),
    ],
)
def test_ML4_an_answer_that_is_no_acceptance_is_tried_again(
    app: Flask, mailer: Scripted, letter: Callable[[], Any], what: str, act: Any
) -> None:
    mailer.act = act
    with app.app_context():
        outbox.drain()
        row = letter()
        assert (row.state, row.tries) == ("waiting", 1), what
        assert row.sealed is not None
        assert row.due_at > clock.now()
        mailer.act = accept
        with time_machine.travel(clock.now() + timedelta(seconds=60)):
            outbox.drain()
            assert letter().state == "done"


def test_ML4_a_redirect_is_not_followed(
    app: Flask, mailer: Scripted, letter: Callable[[], Any]
) -> None:
    elsewhere = Scripted(accept)
    mailer.act = say(307, b"", Location=elsewhere.url + contract.PATH)
    with app.app_context():
        outbox.drain()
        assert letter().state == "waiting"
    assert not elsewhere.bodies
    elsewhere.stop()


def test_ML1_a_mail_is_posted_to_one_address_and_its_token_tells_nothing_of_it(
    app: Flask, mailer: Scripted, letter: Callable[[], Any], eve: Person
) -> None:
    asked: list[tuple[str, str]] = []

    def note(request: Any) -> None:
        asked.append((request.path, request.headers["Authorization"].removeprefix("Bearer ")))
        accept(request)

    mailer.act = note
    with app.app_context():
        outbox.drain()
    ((path, token),) = asked
    assert path == "/v1/messages"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"iss", "aud", "iat", "exp", "jti", "bh"}
    assert claims["bh"] == hashlib.sha256(mailer.raw[-1]).hexdigest()
    assert not {claims["jti"], claims["iss"], claims["aud"]} & set(mailer.bodies[-1].values())


def test_a_mail_that_may_be_stopped_names_the_address_and_no_other_mail_does(
    app: Flask, mailer: Scripted, ann: Person, eve: Person
) -> None:
    eve.sign_up()
    with app.app_context(), transaction():
        club.send_news(people.by_email(ann.email))
    with app.app_context():
        outbox.drain()
    named = {body["to"]: body.get(contract.UNSUBSCRIBE, "") for body in mailer.bodies}
    assert named[eve.email] == ""
    assert named[ann.email].startswith("http://localhost/mail/")
    assert contract.STOPS.fullmatch(named[ann.email])
    assert [b[contract.CLASS] for b in mailer.bodies if b["to"] == ann.email][-1] == "bulletin"


def test_ML1_and_ML4_a_mailer_whose_certificate_nobody_vouches_for_gets_nothing(
    app: Flask,
    mailer: Scripted,
    letter: Callable[[], Any],
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    mailer.server.socket = tls.wrap_socket(mailer.server.socket, server_side=True)
    change_settings(app, mailer_url=mailer.url.replace("http:", "https:"))
    with app.app_context():
        outbox.drain()
        assert (letter().state, letter().problem) == ("waiting", "NoAnswer: SSLError")
        assert not mailer.bodies
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
        with time_machine.travel(clock.now() + timedelta(seconds=60)):
            outbox.drain()
        assert letter().state == "done"


def test_ML4_a_pause_the_mailer_asks_for_is_kept(
    app: Flask, mailer: Scripted, letter: Callable[[], Any]
) -> None:
    mailer.act = say(429, b"", Retry_After="70")
    with app.app_context():
        outbox.drain()
        assert letter().due_at > clock.now() + timedelta(seconds=65)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_ML4_a_mail_refused_for_good_is_dead_and_keeps_its_text(
    app: Flask, mailer: Scripted, letter: Callable[[], Any], status: int
) -> None:
    mailer.act = say(status, b'{"status": "refused"}')
    with app.app_context():
        outbox.drain()
        row = letter()
        assert row.state == "dead"
        assert str(status) in row.problem
        assert row.sealed is not None


def test_ML4_a_slow_mailer_is_left_after_ten_seconds_in_all(
    app: Flask, mailer: Scripted, letter: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (post.CONNECT_SECONDS, post.TOTAL_SECONDS) == (2, 10)
    monkeypatch.setattr(post, "TOTAL_SECONDS", 0.4)
    mailer.act = drip(1.0)
    with app.app_context():
        outbox.drain()
        assert letter().state == "waiting"
        assert "NoAnswer" in letter().problem


def test_a_mailer_that_is_down_costs_the_visitor_nothing_and_the_mail_only_time(
    app: Flask, eve: Person
) -> None:
    change_settings(app, mailer_url=f"http://127.0.0.1:{free_port()}")
    eve.sign_up()
    with app.app_context():
        outbox.drain()
        query = select(OutboxItem.state).where(OutboxItem.kind == "mail")
        assert "waiting" in set(db.session.scalars(query))


def test_ML4_an_expired_code_is_never_sent(
    app: Flask, mailer: Scripted, letter: Callable[[], Any], eve: Person
) -> None:
    with app.app_context():
        outbox.drain()
    mailer.bodies.clear()
    eve.post("/forgot-key", {"email": eve.email})
    with app.app_context(), time_machine.travel(clock.now() + rules.code):
        outbox.drain()
        assert (letter().state, letter().problem) == ("dead", outbox.EXPIRED)
        assert letter().sealed is None
    assert not mailer.bodies


def test_ML3_an_answer_that_gets_lost_leads_to_one_mail_only(
    app: Flask,
    letter: Callable[[], Any],
    start_smtp: Any,
    settings: dict[str, str],
    trusted: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sink, port = start_smtp()
    smtp = {"SMTP_URL": f"smtp://localhost:{port}"}
    secret = settings_of(app).jwt_mailer_secret[0]
    real = create_mailer(settings | smtp | {"JWT_MAILER_SECRET": secret})
    server = make_server("127.0.0.1", 0, real)
    change_settings(app, mailer_url=f"http://127.0.0.1:{server.port}")

    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    answers: list[str] = []
    judge = delivery._judge

    def lose(status: int, content: bytes, retry_after: str) -> None:
        answers.append(content.decode())
        if len(answers) == 1:
            raise ConnectionResetError
        judge(status, content, retry_after)

    monkeypatch.setattr(delivery, "_judge", lose)
    try:
        with app.app_context():
            outbox.drain()
            assert letter().state == "waiting"
            with time_machine.travel(clock.now() + timedelta(seconds=10), tick=True):
                outbox.drain()
            assert letter().state == "done"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert ["accepted" in answers[0], "duplicate" in answers[1]] == [True, True]
    assert len(sink.messages) == 1
