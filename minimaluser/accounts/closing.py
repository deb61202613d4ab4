"""Leaving: by one's own wish, or because an account was never confirmed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from minimaluser import config, mail, outbox
from minimaluser.accounts import access_key, hits, people, removal
from minimaluser.extensions import db, transaction
from minimaluser.lib import clock
from minimaluser.models import Code, OutboxItem, Session, Token, User


def close_account(user: User, current_key: str) -> None:
    """Delete everything: rows, sessions, tile file, unsent mail.

    Raises:
        Refused: the key is wrong.
    """
    access_key.require(user, current_key)
    with transaction():
        if people.lock(user.id) is None:
            return  # a second click: it is done already
        mail.send_account_deleted(user.email, user.nickname if user.is_confirmed else "")
        removal.remove(user)


def purge() -> dict[str, int]:
    """Remove what is past its time.

    Returns:
        How many rows of each kind went.
    """
    moment = clock.now()
    with transaction():
        late = User.created_at < moment - config.UNCONFIRMED_LIFETIME
        unconfirmed = db.session.scalars(
            select(User).where(late, User.confirmed_at.is_(None)).with_for_update()
        ).all()
        for user in unconfirmed:
            removal.remove(user)
        gone = {
            "tokens": delete(Token).where(Token.expires_at < moment - timedelta(minutes=1)),
            "codes": delete(Code).where(Code.created_at < moment - timedelta(days=1)),
            "sessions": delete(Session).where(
                or_(
                    Session.created_at < moment - config.SESSION_ABSOLUTE,
                    Session.seen_at < moment - config.SESSION_IDLE,
                )
            ),
            "letters": update(OutboxItem)
            .where(OutboxItem.expires_at < moment, OutboxItem.state == outbox.DEAD)
            .values(sealed=None),
            "outbox": delete(OutboxItem).where(
                OutboxItem.created_at < moment - config.MAIL_KEPT_IN_MAILBOX,
                OutboxItem.state != outbox.WAITING,
            ),
        }
        counts = {name: db.session.execute(query).rowcount for name, query in gone.items()}  # type: ignore[attr-defined]
        counts["hits"] = hits.purge(moment)
    return {"unconfirmed": len(unconfirmed), **counts}
