"""What is to be done after a commit: claimed under a lease, done, tried again, given up.

A row is the truth: it is committed with the change that caused it.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import select, update

from minimaluser import config
from minimaluser.extensions import db, transaction
from minimaluser.lib import clock, sealing
from minimaluser.lib.storage import Storage
from minimaluser.models import OutboxItem, User

WAITING, DONE, DEAD = "waiting", "done", "dead"
LONGEST_PAUSE = timedelta(seconds=300)
LINK = re.compile(r"https?://\S+")


class GivenUp(Exception):
    """It can never be done, so it is not tried again."""


def add(kind: str, reference: str, user: User | None) -> None:
    """Put a task about a file into the outbox, in the caller's transaction.

    Args:
        kind: `tile_put` or `tile_remove`.
        reference: name of the tile.
        user: whose, or None if it must outlive the account.
    """
    db.session.add(OutboxItem(kind=kind, reference=reference, user_id=user.id if user else None))


def storage() -> Storage:
    """Return where this site keeps its files."""
    return cast(Storage, current_app.extensions["storage"])


def tile_path(name: str) -> str:
    """Return the path of a tile in the storage."""
    return f"tiles/{name}.svg"


def work() -> bool:
    """Do one task that is due.

    Returns:
        Whether there was one.
    """
    identity = _claim()
    if identity is None:
        return False
    item = db.session.get(OutboxItem, identity, populate_existing=True)
    if item is None:
        db.session.rollback()
        return True
    try:
        if item.expires_at is not None and item.expires_at <= clock.now():
            raise GivenUp("expired")
        DOERS[item.kind](item)
    except GivenUp as reason:
        _finish(identity, DEAD, str(reason))
    except Exception as problem:  # whatever the mailer or the store throws: try again
        _postpone(identity, item.tries, repr(problem))
    else:
        _finish(identity, DONE)
    return True


def mailbox() -> list[dict[str, Any]]:
    """Return the mails of the built-in mailbox, newest first."""
    rows = db.session.scalars(
        select(OutboxItem)
        .where(OutboxItem.kind == "mail", OutboxItem.sealed.is_not(None))
        .order_by(OutboxItem.id.desc())
    )
    return [_opened(row) for row in rows]


def _claim() -> int | None:
    moment = clock.now()
    due = (
        select(OutboxItem.id)
        .where(OutboxItem.state == WAITING, OutboxItem.due_at <= moment)
        .order_by(OutboxItem.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    lease = {"due_at": moment + config.OUTBOX_LEASE, "tries": OutboxItem.tries + 1}
    with transaction():
        return db.session.scalar(
            update(OutboxItem).where(OutboxItem.id == due).values(lease).returning(OutboxItem.id)
        )


def _finish(identity: int, state: str, problem: str = "") -> None:
    db.session.rollback()
    values: dict[str, Any] = {"state": state, "problem": problem[:200], "done_at": clock.now()}
    if state == DEAD or current_app.config["MAILER_URL"]:  # the mailbox keeps what arrived
        values["sealed"] = None
    with transaction():
        db.session.execute(update(OutboxItem).where(OutboxItem.id == identity).values(values))


def _postpone(identity: int, tries: int, problem: str) -> None:
    db.session.rollback()
    pause = min(timedelta(seconds=2 ** min(tries, 9)), LONGEST_PAUSE)
    values = {"due_at": clock.now() + pause, "problem": problem[:200]}
    with transaction():
        db.session.execute(update(OutboxItem).where(OutboxItem.id == identity).values(values))


def _send_mail(item: OutboxItem) -> None:
    """Deliver into the built-in mailbox: the row itself is the mail."""
    if item.sealed is None:
        raise GivenUp("no content")


def _put_tile(item: OutboxItem) -> None:
    owner = select(User.id, User.tile_svg).where(User.tile_name == item.reference)
    row = db.session.execute(owner).first()
    db.session.rollback()
    if row is None or row.tile_svg is None:
        return
    storage().write(tile_path(item.reference), row.tile_svg.encode(), "image/svg+xml")
    with transaction():
        held = (User.id == row.id, User.tile_name == item.reference)
        db.session.execute(update(User).where(*held).values(tile_svg=None))


def _remove_tile(item: OutboxItem) -> None:
    storage().delete(tile_path(item.reference))


def _opened(row: OutboxItem) -> dict[str, Any]:
    mail = json.loads(sealing.unseal(current_app.config["SESSION_SECRET"], row.sealed or b""))
    return {
        "id": mail["id"],
        "to": mail["to"],
        "subject": mail["subject"],
        "text": mail["text"],
        "html": mail["html"],
        "links": LINK.findall(mail["text"]),
        "created_at": row.created_at.isoformat(),
    }


DOERS = {"mail": _send_mail, "tile_put": _put_tile, "tile_remove": _remove_tile}
