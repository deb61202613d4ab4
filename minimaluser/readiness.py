"""Whether the services that the site depends on are ready."""

from __future__ import annotations

from datetime import timedelta

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import to_tuple
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from minimaluser import files, outbox
from minimaluser.database import db
from minimaluser.lib import clock
from minimaluser.models import OutboxItem
from minimaluser.rules import rules
from minimaluser.settings import ROOT


def look() -> dict[str, bool]:
    """Return for database, schema, queue and storage whether each is ready."""
    found = {"database": False, "schema": False, "queue": False}
    try:
        db.session.execute(text("SELECT 1"))
        found["database"] = True
        found["schema"] = _schema_is_current()
        found["queue"] = _queue_moves()
    except SQLAlchemyError:
        db.session.rollback()
    return {**found, "storage": _storage_answers()}


def _schema_is_current() -> bool:
    """Tell whether all heads are applied; Alembic does not record heads that others depend on."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    context = MigrationContext.configure(db.session.connection())
    current, known = set(context.get_current_heads()), set(scripts.walk_revisions())
    if not current <= {script.revision for script in known}:
        return False
    below = {script for head in current for script in scripts.walk_revisions("base", head)}
    implied = {name for script in below for name in to_tuple(script.dependencies, default=())}
    return set(scripts.get_heads()) <= current | implied


def queue() -> tuple[int, timedelta]:
    """Return how many rows of the outbox wait, and how long the oldest of them has waited."""
    waiting = select(func.count(), func.min(OutboxItem.created_at))
    now = (OutboxItem.state == outbox.WAITING, OutboxItem.created_at <= clock.now())
    count, since = db.session.execute(waiting.where(*now)).one()
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
