"""Whether the services that the site depends on are ready."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from minimaluser import database, files, schema
from minimaluser.database import db
from minimaluser.lib import clock, database_url
from minimaluser.models import IS_WAITING, OutboxItem
from minimaluser.rules import rules

MENDS = {  # what to look at when something is not ready
    "database": database_url.AWAY,
    "schema": "The schema is not that of this version: see above.",
    "queue": "Mail waits too long: does the worker run? `flask outbox list` tells.",
    "storage": "The storage does not answer: see the settings AWS_… or INSTANCE_PATH.",
}


def look() -> dict[str, bool]:
    """Return for database, schema, queue and storage whether each is ready."""
    found = {"database": False, "schema": False, "queue": False}
    try:
        found["database"] = database.takes_writes()
        found["schema"] = schema.is_current()
        found["queue"] = _queue_moves()
    except SQLAlchemyError:
        db.session.rollback()
    if not found["database"]:
        database.connect_anew()
    return {**found, "storage": _storage_answers()}


def queue() -> tuple[int, timedelta]:
    """Return how many rows of the outbox wait, and how long the oldest of them has waited."""
    waiting = select(func.count(), func.min(OutboxItem.created_at))
    now = waiting.where(IS_WAITING, OutboxItem.created_at <= clock.now())
    count, since = db.session.execute(now).one()
    return count, clock.now() - since if since else timedelta()


def _queue_moves() -> bool:
    return queue()[1] < rules.queue_may_wait


def _storage_answers() -> bool:
    try:
        files.storage().exists("ready")
    except Exception:  # whatever the store raises, it is not ready
        current_app.logger.warning("the storage does not answer", exc_info=True)
        return False
    return True
