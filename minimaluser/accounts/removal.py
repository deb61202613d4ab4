"""Taking an account away with everything that belongs to it."""

from __future__ import annotations

from sqlalchemy import delete

from minimaluser import outbox
from minimaluser.accounts import limits
from minimaluser.extensions import db
from minimaluser.models import OutboxItem, User


def remove(user: User) -> None:
    """Delete rows, sessions, links, codes, unsent mail, tile file; the caller commits."""
    unsent = (OutboxItem.user_id == user.id, OutboxItem.kind == "mail")
    db.session.execute(delete(OutboxItem).where(*unsent, OutboxItem.state == outbox.WAITING))
    limits.forget(user)
    outbox.add("tile_remove", user.tile_name, None)
    db.session.delete(user)
    db.session.flush()
