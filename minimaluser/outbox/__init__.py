"""Tasks for after a commit: they are claimed under a lease, done, tried again or given up.

A task is a row that is committed with the change that caused it.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session as Rows
from sqlalchemy.orm import object_session

from minimaluser.database import db, transaction
from minimaluser.lib import audit, clock
from minimaluser.mailer import contract
from minimaluser.models import DEAD as DEAD
from minimaluser.models import DONE as DONE
from minimaluser.models import IS_WAITING, OutboxItem, User
from minimaluser.models import WAITING as WAITING
from minimaluser.outbox import delivery
from minimaluser.rules import rules
from minimaluser.services import services
from minimaluser.settings import settings

EXPIRED = "expired"
LONGEST_PAUSE = timedelta(seconds=300)
LINK = re.compile(r"https?://\S+")
NEW = "new in the outbox"


def add(kind: str, reference: str, user: User | None) -> None:
    """Put a task about a file into the outbox, in the caller's transaction.

    Args:
        kind: `tile_put` or `tile_remove`.
        reference: name of the tile.
        user: owner of the file, or None if the task must outlive the account.
    """
    db.session.add(OutboxItem(kind=kind, reference=reference, user_id=user.id if user else None))


def drain() -> None:
    """Do everything that is due."""
    while work():
        pass


def work() -> bool:
    """Do one task that is due.

    Returns:
        Whether there was one.
    """
    identity = _claim()
    if identity is None:
        return False
    item = db.session.get(OutboxItem, identity, populate_existing=True)
    if item is not None:
        db.session.expunge(item)
    db.session.rollback()  # no lock is held while the mailer or the store is slow
    if item is None:
        return True
    try:
        if item.expires_at is not None and item.expires_at <= clock.now():
            raise delivery.GivenUp(EXPIRED)
        delivery.DOERS[item.kind](item)
    except delivery.GivenUp as reason:
        _finish(identity, DEAD, str(reason))
    except Exception as problem:  # whatever the mailer or the store raises: try again
        _postpone(identity, item.tries, problem)
    else:
        _finish(identity, DONE)
    return True


def unfinished() -> list[OutboxItem]:
    """Return the tasks that wait or were given up, the oldest first."""
    query = select(OutboxItem).where(OutboxItem.state != DONE).order_by(OutboxItem.id)
    return list(db.session.scalars(query))


def retry(identity: int) -> bool:
    """Try a dead letter again; False if it is not dead, has expired, or its text is gone."""
    lost = (OutboxItem.kind == "mail") & OutboxItem.sealed.is_(None)
    late = OutboxItem.expires_at.is_not(None) & (OutboxItem.expires_at <= clock.now())
    dead = (OutboxItem.id == identity, OutboxItem.state == DEAD, ~lost, ~late)
    fresh = {"state": WAITING, "tries": 0, "problem": "", "due_at": clock.now()}
    with transaction():
        changed = db.session.execute(update(OutboxItem).where(*dead).values(fresh))
    wake()
    return changed.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def mailbox() -> list[dict[str, Any]]:
    """Return the mails of the built-in mailbox, newest first."""
    rows = db.session.scalars(
        select(OutboxItem)
        .where(OutboxItem.kind == "mail", OutboxItem.sealed.is_not(None))
        .order_by(OutboxItem.id.desc())
    )
    return [_opened(row) for row in rows]


def _opened(row: OutboxItem) -> dict[str, Any]:
    mail = json.loads(delivery.unsealed(row))
    return {
        "id": mail["id"],
        "to": mail["to"],
        "subject": mail["subject"],
        "text": mail["text"],
        "html": mail["html"],
        "links": LINK.findall(mail["text"]),
        "headers": contract.stop_headers(mail.get(contract.UNSUBSCRIBE, "")),
        "created_at": row.created_at.isoformat(),
    }


def _claim() -> int | None:
    moment = clock.now()
    due = (
        select(OutboxItem.id)
        .where(IS_WAITING, OutboxItem.due_at <= moment)
        .order_by(OutboxItem.urgency, OutboxItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    lease = {"due_at": moment + rules.mail_lease, "tries": OutboxItem.tries + 1}
    with transaction():
        return db.session.scalar(
            update(OutboxItem).where(OutboxItem.id == due).values(lease).returning(OutboxItem.id)
        )


def _finish(identity: int, state: str, problem: str = "") -> None:
    db.session.rollback()
    values: dict[str, Any] = {"state": state, "problem": problem[:200], "done_at": clock.now()}
    if problem == EXPIRED or (state == DONE and settings.mailer_url):
        values["sealed"] = None  # kept in the built-in mailbox, and in a dead letter for a retry
    with transaction():
        db.session.execute(update(OutboxItem).where(OutboxItem.id == identity).values(values))
    level = logging.INFO if state == DONE else logging.ERROR
    audit.note("outbox_" + state, level, item=identity, problem=problem[:200])


def _postpone(identity: int, tries: int, problem: Exception) -> None:
    db.session.rollback()
    asked = problem.seconds if isinstance(problem, delivery.Later) else 0.0
    jitter = 1 + secrets.randbelow(250) / 1000
    usual = 2 ** min(tries - 1, 9) * jitter  # unless the other side says when to come back
    seconds = min(asked + jitter if asked else usual, LONGEST_PAUSE.total_seconds())
    values = {
        "due_at": clock.now() + timedelta(seconds=seconds),
        "problem": f"{type(problem).__name__}: {problem}"[:200],
    }
    with transaction():
        db.session.execute(update(OutboxItem).where(OutboxItem.id == identity).values(values))
    wake(seconds)


@event.listens_for(OutboxItem, "after_insert")
def _note(_mapper: object, _connection: object, item: OutboxItem) -> None:
    rows = object_session(item)
    if rows is not None:
        rows.info[NEW] = True


@event.listens_for(Rows, "after_commit")
def _wake_after_commit(rows: Rows) -> None:
    if rows.info.pop(NEW, False):
        wake()


@event.listens_for(Rows, "after_rollback")
def _forget(rows: Rows) -> None:
    rows.info.pop(NEW, None)


def wake(seconds: float = 0.0) -> None:
    """Make a worker look after so many seconds; if that fails, the next sweep does."""
    for is_last in (False, True):  # a connection that was lost meanwhile is made anew
        try:
            services().wake(seconds)
            return
        except Exception:
            if is_last:
                current_app.logger.warning("the worker could not be woken", exc_info=True)
