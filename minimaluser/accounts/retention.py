"""Removing rows that have expired; the worker does it once an hour.

It is done in batches, each in a short transaction, so that nobody waits long for a lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from minimaluser import outbox
from minimaluser.accounts import removal
from minimaluser.database import db, empty_write_ahead_log, transaction
from minimaluser.jobs import hourly
from minimaluser.lib import clock
from minimaluser.models import (
    IS_DEAD,
    IS_UNCONFIRMED,
    Code,
    Event,
    Hit,
    OutboxItem,
    Session,
    Token,
    User,
)
from minimaluser.rules import rules
from minimaluser.settings import REQUIRED, settings

PEOPLE, ROWS = 100, 1000  # at most in a transaction
PAUSE_SECONDS = 0.1  # a program that waits for SQLite's lock tries again in less time


@hourly
def purge() -> dict[str, int]:
    """Remove all rows that have expired.

    Returns:
        How many rows of each kind were removed.
    """
    moment = clock.now()
    never = and_(IS_UNCONFIRMED, User.created_at < moment - rules.unconfirmed)
    closed = User.closed_at < moment - rules.undo_closing
    counts = {"closed": _in_batches(PEOPLE, partial(_remove_some, closed, User.closed_at))}
    if settings.confirmation == REQUIRED:
        some = partial(_remove_some, never, User.created_at)
        counts["unconfirmed"] = _in_batches(PEOPLE, some)
    for name, (model, which) in _past(moment).items():
        change = update(model).values(sealed=None) if name == "letters" else delete(model)
        counts[name] = _in_batches(ROWS, partial(_change_some, change, model, which))
    empty_write_ahead_log()
    return counts


def _in_batches(most: int, some: Callable[[], int]) -> int:
    """Do something in a transaction, and again until it finds fewer rows than it may take."""
    total = 0
    while True:
        with transaction():
            found = some()
        total += found
        if found < most:
            return total
        time.sleep(PAUSE_SECONDS)


def _remove_some(whom: ColumnElement[bool], since: Any) -> int:
    """Remove users, except those whose rows are locked: they are removed in an hour."""
    first = select(User).where(whom).order_by(since).limit(PEOPLE)  # in an index's order
    found = db.session.scalars(first.with_for_update(skip_locked=True)).all()
    if found:
        removal.remove(*found)
    return len(found)


def _change_some(change: Any, model: Any, which: ColumnElement[bool]) -> int:
    """Delete or update rows; what has changed meanwhile, so that it has not expired, stays."""
    found = db.session.scalars(select(model.id).where(which).limit(ROWS)).all()
    if not found:
        return 0
    these = change.where(model.id.in_(found), which)
    plainly = {"synchronize_session": False}  # nothing of it is loaded
    return db.session.execute(these, execution_options=plainly).rowcount  # type: ignore[attr-defined,no-any-return]


def _past(moment: datetime) -> dict[str, tuple[Any, ColumnElement[bool]]]:
    idle = or_(
        Session.created_at < moment - rules.session_absolute,
        and_(Session.keep.is_(True), Session.seen_at < moment - rules.session_idle),
        and_(Session.keep.is_(False), Session.seen_at < moment - rules.session_idle_brief),
    )
    lost = and_(IS_DEAD, OutboxItem.expires_at < moment, OutboxItem.sealed.is_not(None))
    old = and_(
        OutboxItem.created_at < moment - rules.mail_in_mailbox,
        OutboxItem.state != outbox.WAITING,
    )
    return {
        "tokens": (Token, Token.expires_at < moment - timedelta(minutes=1)),
        "codes": (Code, Code.created_at < moment - rules.code_counted),
        "sessions": (Session, idle),
        "events": (Event, Event.created_at < moment - rules.events),
        "letters": (OutboxItem, lost),
        "outbox": (OutboxItem, old),
        "hits": (Hit, Hit.expires_at < moment),
    }
