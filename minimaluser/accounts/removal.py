"""Taking an account away with everything that belongs to it."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, update

from minimaluser import outbox
from minimaluser.accounts import links
from minimaluser.extensions import db
from minimaluser.lib import clock
from minimaluser.models import Code, Event, OutboxItem, Session, Token, User
from minimaluser.security import limits


def remove(user: User) -> None:
    """Delete rows, sessions, links, codes, unsent mail, tile file; the caller commits."""
    _forget_mail_tile_and_counts(user)
    db.session.delete(user)
    db.session.flush()


def empty(user: User) -> None:
    """Delete all that `remove` does but for a row that says nothing, and links to undo it.

    The caller commits.
    """
    _forget_mail_tile_and_counts(user)
    for model in (Session, Code, Event):
        db.session.execute(delete(model).where(model.user_id == user.id))
    others = Token.purpose != links.UNDO_CLOSING
    db.session.execute(delete(Token).where(Token.user_id == user.id, others))
    nobody = f"closed {uuid.uuid4()}"
    user.email = user.nickname = user.key_hash = user.signup_browser = ""
    user.email_key = user.nickname_key = nobody
    user.pending_email = user.tile_svg = None
    user.tile_name = str(uuid.uuid4())
    user.closed_at = clock.now()
    db.session.flush()


def _forget_mail_tile_and_counts(user: User) -> None:
    unsent = (OutboxItem.user_id == user.id, OutboxItem.kind == "mail")
    db.session.execute(delete(OutboxItem).where(*unsent, OutboxItem.state == outbox.WAITING))
    links.void(user, links.CHANGE_EMAIL)  # with its mail, which belongs to nobody
    others = update(OutboxItem).where(OutboxItem.user_id == user.id)
    db.session.execute(others.values(user_id=None))
    limits.forget(user)
    outbox.add("tile_remove", user.tile_name, None)
