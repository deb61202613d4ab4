"""Removing an account with everything that belongs to it."""

from __future__ import annotations

from sqlalchemy import delete

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.lib import clock
from minimaluser.models import OutboxItem, Token, User
from minimaluser.personal import belongings
from minimaluser.security import limits, links

# Rows that an empty account keeps; only the mailed links open what is sealed in them.
UNDOES = {Token.__tablename__: (Token.purpose.key, links.UNDO_CLOSING)}


def remove(user: User) -> None:
    """Delete all that belongs to the user: unsent mail, tile file, all rows. The caller commits."""
    _forget_mail_tile_and_counts(user)
    belongings.erase(user)
    db.session.delete(user)
    db.session.flush()


def empty(user: User) -> None:
    """Delete all that `remove` deletes, except an empty row and the links that undo it.

    The caller commits.
    """
    _forget_mail_tile_and_counts(user)
    belongings.erase(user, spared=UNDOES)
    user.closed_at = clock.now()
    db.session.flush()


def _forget_mail_tile_and_counts(user: User) -> None:
    unsent = (OutboxItem.user_id == user.id, OutboxItem.kind == "mail")
    db.session.execute(delete(OutboxItem).where(*unsent, OutboxItem.state != outbox.DONE))
    links.void(user, links.CHANGE_EMAIL)  # with its mail, which belongs to no user
    limits.forget(user)
    outbox.add("tile_remove", user.tile_name, None)
