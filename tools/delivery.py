"""How fast waiting mails get out: `python -m tools.delivery`.

100,000 mails wait in the outbox. The worker hands them to the mailer, and that to an SMTP server on
this machine which accepts everything; all are started as in production. For each number of lanes
the worker has some seconds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiosmtpd.controller import Controller

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib import clock, sealing
from minimaluser.mailer.contract import BULLETIN
from minimaluser.models import OutboxItem
from minimaluser.rules import rules
from minimaluser.settings import settings
from minimaluser.testing.apps import close, migrate
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import (
    BIN,
    GUNICORN,
    NEUTRAL,
    Process,
    end_all_when_asked_to_stop,
    free_port,
    made_up_secrets,
    until,
    wait_for,
)

MAILS = 100_000
TEXT = "A new badge of the club is there. " * 30
WORKER = "from minimaluser.outbox import worker; worker.LANES = {}; worker.main()"


class Sink:
    """An SMTP server that counts what it accepts."""

    def __init__(self) -> None:
        self.accepted = 0
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()

    async def handle_DATA(self, *_about: Any) -> str:
        self.accepted += 1
        return "250 OK"


def main(kinds: list[str], lanes: list[int], seconds: int) -> None:
    """Measure, and print a table."""
    print(f"| database | lanes | mails a second | {MAILS:,} mails |\n|---|---|---|---|")
    for kind in kinds:
        with started(kind) as (environ, folder, sink):
            for many in lanes:
                rate = delivered(environ, folder / f"worker-{many}.log", sink, many, seconds)
                print(f"| {kind} | {many} | {rate:.1f} | {MAILS / rate / 3600:.1f} h |", flush=True)


@contextmanager
def started(kind: str) -> Iterator[tuple[dict[str, str], Path, Sink]]:
    """Start all but the worker, and let mails wait; yield the site's environment."""
    folder, sink = Path(tempfile.mkdtemp(prefix="delivery-")), Sink()
    folder.chmod(0o755)
    secrets = made_up_secrets("the measured delivery")
    server = Postgres() if kind == "postgresql" else None
    mailer = _mailer(folder, sink, secrets["JWT_MAILER_SECRET"])
    try:
        if server is not None:
            server.start()
        wait_for(f"{mailer[1]}/healthz", mailer[0])
        url = server.create("site") if server else f"sqlite:///{folder / 'site.db'}"
        environ = {
            **NEUTRAL,
            **secrets,
            "APP_ENV": "production",
            "SITE_URL": "https://mu.example",
            "DATABASE_URL": url,
            "MAILER_URL": mailer[1],
            "INSTANCE_PATH": str(folder),
        }
        migrate(environ)
        _let_wait(environ)
        yield environ, folder, sink
    finally:
        mailer[0].stop()
        sink.controller.stop()
        if server is not None:
            server.end()
        shutil.rmtree(folder, ignore_errors=True)


def delivered(environ: Mapping[str, str], log: Path, sink: Sink, lanes: int, seconds: int) -> float:
    """Return how many mails a second the worker delivers."""
    worker = Process([BIN / "python", "-c", WORKER.format(lanes)], environ, log)
    try:
        before = sink.accepted
        assert until(lambda: sink.accepted > before + 10, 90), worker.said()
        before, began = sink.accepted, time.monotonic()
        time.sleep(seconds)
        return (sink.accepted - before) / (time.monotonic() - began)
    finally:
        worker.stop(30)


def _mailer(folder: Path, sink: Sink, secret: str) -> tuple[Process, str]:
    port = free_port()
    environ = {
        "JWT_MAILER_SECRET": secret,
        "SMTP_URL": f"smtp+plaintext://127.0.0.1:{sink.controller.port}",
        "MAIL_FROM": "site@mu.example",
        "INSTANCE_PATH": str(folder / "mailer"),
        "MAILER_A_MINUTE": "1000000",  # it is not that limit which is measured
        "PORT": str(port),
        "BIND_ADDRESS": "127.0.0.1",
    }
    command = [*GUNICORN, "minimaluser.mailer:create_app()"]
    return Process(command, environ, folder / "mailer.log"), f"http://127.0.0.1:{port}"


def _let_wait(environ: Mapping[str, str]) -> None:
    app = create_app(environ)
    with app.app_context():
        for start in range(0, MAILS, 5_000):
            rows = [_mail(number) for number in range(start, start + 5_000)]
            db.session.execute(sa.insert(OutboxItem), rows)
            db.session.commit()
    close(app)


def _mail(number: int) -> dict[str, Any]:
    name, html = str(uuid.uuid4()), f"<html><body><p>{TEXT}</p></body></html>"
    mail = {"id": name, "to": f"reader{number}@example.org", "subject": "News", "name": "club/news"}
    sealed = sealing.seal(settings.session_secret, json.dumps({**mail, "text": TEXT, "html": html}))
    more = {"mail_class": BULLETIN, "urgency": 49, "expires_at": clock.now() + rules.mail_waits}
    return {"kind": "mail", "reference": name, "sealed": sealed, **more}


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    main(given.databases, given.lanes, given.seconds)
