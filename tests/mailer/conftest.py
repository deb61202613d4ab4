"""A real SMTP server on loopback, with TLS that a throw-away authority vouches for."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from flask import Flask

from minimaluser.mailer import create_app
from minimaluser.testing.processes import free_port

SECRET = "a secret of the mailer that is long enough: 0123456789"


class Sink(Handler):
    """Keeps what arrives; answers `reply` instead when one is set."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[EmailMessage] = []
        self.reply = ""
        self.goodbye = "221 Bye"

    def prepare_message(self, session: Any, envelope: Any) -> EmailMessage:
        return message_from_bytes(envelope.content, policy=policy.default)

    def handle_message(self, message: Any) -> None:
        self.messages.append(message)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.reply:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
        return self.goodbye


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def start_smtp(authority: trustme.CA) -> Iterator[Callable[..., tuple[Sink, int]]]:
    """Start a server; `tls=False` is one without STARTTLS, `at_once` one that begins with TLS."""
    running: list[Controller] = []

    def start(*, tls: bool = True, at_once: bool = False) -> tuple[Sink, int]:
        sink, port = Sink(), free_port()
        options: dict[str, Any] = {}
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("localhost").configure_cert(context)
            options = {"tls_context": context, "require_starttls": True}
            if at_once:
                options = {"ssl_context": context}
        controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return sink, port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "JWT_MAILER_SECRET": SECRET,
        "MAIL_FROM": "site@example.org",
        "INSTANCE_PATH": str(tmp_path / "mailer"),
    }


Start = Callable[..., tuple[Sink, int]]


@pytest.fixture
def sink_and_mailer(
    start_smtp: Start, settings: dict[str, str], trusted: None
) -> tuple[Sink, Flask]:
    sink, port = start_smtp()
    return sink, create_app(settings | {"SMTP_URL": f"smtp://localhost:{port}"})
