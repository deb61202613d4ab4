"""The real mailer with its ledger, in this process, between the outbox and the mailboxes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.mailer import contract, create_app, smtp
from minimaluser.models import WAITING, OutboxItem
from minimaluser.security import mails
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings

DAY, PATIENCE = timedelta(days=1), timedelta(seconds=60)
STEP = timedelta(seconds=20)
LINK = re.compile(r"https?://\S+")


class Letter(NamedTuple):
    """What arrived."""

    to: str
    mail_class: str
    text: str
    at: datetime

    def path(self, start: str) -> str:
        """The path of a link in it that starts so; empty if there is none."""
        paths = ["/" + link.split("/", 3)[3] for link in LINK.findall(self.text)]
        return next((path for path in paths if path.startswith(start)), "")


class PostOffice:
    """Takes over the site's connection to the mailer, and the mailer's to its SMTP server."""

    def __init__(self, app: Flask, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.app, self.letters = app, list[Letter]()
        self.brought = list[Letter]()  # to the mailer, which has taken them or not
        self.seen = set[str]()
        self.mailer = create_app(
            {
                "JWT_MAILER_SECRET": settings_of(app).jwt_mailer_secret[0],
                "SMTP_URL": "smtp://localhost",
                "MAIL_FROM": "site@example.org",
                "INSTANCE_PATH": str(folder),
            }
        )
        change_settings(app, mailer_url="http://mailer.internal")
        patch.setattr(smtp, "send", lambda *_: None)
        patch.setattr("minimaluser.lib.post.post", self._post)

    def deliver(self, clock: time_machine.Traveller) -> None:
        """Let the worker work for as long as somebody waits for a mail that matters."""
        waited = timedelta()
        while True:
            with self.app.app_context():
                outbox.drain()
                urgent = OutboxItem.urgency < mails.LATER
                waiting = db.select(OutboxItem.problem).where(urgent, OutboxItem.state == WAITING)
                problems = list(db.session.scalars(waiting))
            if not problems:
                return
            assert waited < PATIENCE, f"the owner waits in vain: {problems}"
            waited += STEP
            clock.shift(STEP)

    def to(
        self,
        email: str,
        mail_class: str = "",
        within: timedelta = DAY * 99,
        among: list[Letter] | None = None,
    ) -> list[Letter]:
        """The mails to somebody, oldest first."""
        since = datetime.now(UTC) - within
        return [
            letter
            for letter in (self.letters if among is None else among)
            if letter.to == email and letter.at > since and mail_class in ("", letter.mail_class)
        ]

    def _post(
        self, _url: str, body: bytes, headers: Mapping[str, str], _largest: int
    ) -> tuple[int, bytes, str]:
        client = self.mailer.test_client()
        answer = client.post(contract.PATH, data=body, headers=dict(headers))
        mail: dict[str, Any] = json.loads(body)
        letter = Letter(mail["to"], mail.get(contract.CLASS, ""), mail["text"], datetime.now(UTC))
        if mail["id"] not in self.seen:
            self.brought.append(letter)
        self.seen.add(mail["id"])
        if answer.status_code == 200:
            self.letters.append(letter)
        return answer.status_code, answer.data, answer.headers.get("Retry-After", "")
