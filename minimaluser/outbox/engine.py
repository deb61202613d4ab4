"""The engine that wakes the worker: Huey, on a SQLite file of its own or in PostgreSQL.

A task carries no data; the rows of the outbox say what is to be done. Every worker enqueues its own
periodic tasks, so they must be safe to run twice.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Flask
from huey import Huey, crontab
from huey.serializer import SignedSerializer

from minimaluser import jobs, outbox
from minimaluser.lib import clock
from minimaluser.lib.connections import BEGIN
from minimaluser.outbox.queues import PostgresQueue, SqliteQueue
from minimaluser.services import services_of
from minimaluser.settings import settings_of

NAME = "minimaluser"


def start(app: Flask) -> tuple[Huey, Callable[[float], None]]:
    """Return the app's engine, and what wakes the worker in so many seconds."""
    huey = _engine(app)
    one_at_a_time = threading.Lock()

    @huey.task(name="drain")
    def drain() -> None:
        with app.app_context():
            outbox.drain()

    @huey.periodic_task(crontab(), name="sweep")
    def sweep() -> None:
        with app.app_context():
            outbox.drain()

    @huey.periodic_task(crontab(), name="jobs")
    def run_jobs() -> None:
        if not one_at_a_time.acquire(blocking=False):
            return  # a long job is running; the other thread stays free for mail
        try:
            for job in (job for part in services_of(app).parts for job in part.jobs):
                if _claim(huey, job):
                    with app.app_context():
                        jobs.run(job)
        finally:
            one_at_a_time.release()

    def wake(seconds: float) -> None:
        if seconds:
            drain.schedule(delay=seconds)
        elif huey.pending_count() == 0:  # whoever is about to drain does this one too
            drain()

    return huey, wake


def _claim(huey: Huey, job: jobs.Job[Any]) -> bool:
    """Claim the last time at which a job was due; return False if another worker has done so.

    The previous claim is kept as well, because the clock of another machine may be slow.
    """
    due, name = job.last_due(clock.now()), f"job {job.name} "
    if not huey.put_if_empty(name + due.isoformat(), True):
        return False
    claimed = sorted(key for key in huey.all_results() if key.startswith(name))
    for key in claimed[:-2]:
        huey.delete(key)
    return True


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
    shared: dict[str, Any] = {"results": False, "serializer": Signed(ours.session_secret)}
    options = app.config["SQLALCHEMY_ENGINE_OPTIONS"]
    if begin := options.get("execution_options", {}).get(BEGIN):  # as the site's own connections
        from minimaluser.lib import patience

        connect = partial(patience.connect, **options["connect_args"])
        shared |= {"storage_class": PostgresQueue, "create_tables": False}
        return Huey(NAME, begin=begin, connection=connect, **shared)
    tasks = str(ours.instance_path / "tasks.db")
    return Huey(NAME, storage_class=SqliteQueue, filename=tasks, **shared)
