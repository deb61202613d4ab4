"""Removing accounts with everything that belongs to them."""

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


def remove(*users: User) -> None:
    """Delete users and all that belongs to them: unsent mail, tile file, all rows.

    The caller commits.
    """
    _forget_mail_tile_and_counts(*users)
    belongings.remove(*users)


def empty(user: User) -> None:
    """Delete all that `remove` deletes, except an empty row and the links that undo it.

    The caller commits.
    """
    _forget_mail_tile_and_counts(user)
    belongings.erase(user, spared=UNDOES)
    user.closed_at = clock.now()
    db.session.flush()


def _forget_mail_tile_and_counts(*users: User) -> None:
    theirs = OutboxItem.user_id.in_([user.id for user in users])
    unsent = (theirs, OutboxItem.kind == "mail", OutboxItem.state != outbox.DONE)
    db.session.execute(delete(OutboxItem).where(*unsent))
    links.take_back_mails_of_moves(*users)  # the links themselves go with all rows
    limits.forget(*users)
    for user in users:
        outbox.add("tile_remove", user.tile_name, None)
