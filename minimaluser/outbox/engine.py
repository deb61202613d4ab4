"""The engine that wakes the worker: Huey, on a SQLite file of its own or in PostgreSQL.

A task carries no data: what is to be done stands in the outbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import Flask
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy.engine import make_url

from minimaluser import accounts, outbox
from minimaluser.settings import settings_of

NAME = "minimaluser"


def start(app: Flask) -> tuple[Huey, Callable[[float], None]]:
    """Return the app's engine, and what wakes the worker in so many seconds."""
    huey = _engine(app)

    @huey.task(name="drain")
    def drain() -> None:
        with app.app_context():
            outbox.drain()

    @huey.periodic_task(crontab(), name="sweep")
    def sweep() -> None:
        with app.app_context():
            outbox.drain()

    @huey.periodic_task(crontab(minute="7"), name="purge")
    def purge() -> None:
        with app.app_context():
            accounts.purge()

    def wake(seconds: float) -> None:
        if seconds:
            drain.schedule(delay=seconds)
        elif huey.pending_count() == 0:  # whoever is about to drain does this one too
            drain()

    return huey, wake


class Signed(SignedSerializer):
    """Signs with the newest secret and reads what was signed with any: reading is unpickling."""

    def __init__(self, secrets: Sequence[str]) -> None:
        keys = [hashlib.sha256(b"minimaluser/huey/" + s.encode()).hexdigest() for s in secrets]
        super().__init__(secret=keys[0])
        self.older = [SignedSerializer(secret=key) for key in keys[1:]]

    def _unsign(self, signed: bytes) -> bytes:
        for other in self.older:
            with suppress(ValueError):
                return other._unsign(signed)  # type: ignore[no-any-return]
        return super()._unsign(signed)  # type: ignore[no-any-return]


def _engine(app: Flask) -> Huey:
    ours = settings_of(app)
    shared = {"results": False, "serializer": Signed(ours.session_secret)}
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        # Beside the DSN: libpq would read the plus signs of a query string as they stand.
        limits = {"connect_timeout": 2, "options": "-c statement_timeout=3000 -c lock_timeout=2000"}
        return PostgresHuey(NAME, dsn=dsn, create_tables=False, **limits, **shared)
    return SqliteHuey(NAME, filename=str(ours.instance_path / "tasks.db"), **shared)
