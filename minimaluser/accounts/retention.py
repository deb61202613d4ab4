"""Removing rows that have expired; the worker does it once an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from minimaluser import outbox
from minimaluser.accounts import removal
from minimaluser.database import db, empty_write_ahead_log, transaction
from minimaluser.jobs import hourly
from minimaluser.lib import clock
from minimaluser.models import Code, Event, OutboxItem, Session, Token, User
from minimaluser.rules import rules
from minimaluser.security import hits


@hourly
def purge() -> dict[str, int]:
    """Remove all rows that have expired.

    Returns:
        How many rows of each kind were removed.
    """
    moment = clock.now()
    with transaction():
        closed = User.closed_at < moment - rules.undo_closing
        late = User.created_at < moment - rules.unconfirmed
        never = and_(late, User.confirmed_at.is_(None), User.closed_at.is_(None))
        counts = {"unconfirmed": _remove_all(never), "closed": _remove_all(closed)}
        for name, query in _past(moment).items():
            counts[name] = db.session.execute(query).rowcount  # type: ignore[attr-defined]
        counts["hits"] = hits.purge(moment)
    empty_write_ahead_log()
    return counts


def _remove_all(whom: Any) -> int:
    found = db.session.scalars(select(User).where(whom).with_for_update()).all()
    for user in found:
        removal.remove(user)
    return len(found)


def _past(moment: datetime) -> dict[str, Any]:
    idle = or_(
        Session.created_at < moment - rules.session_absolute,
        Session.seen_at < moment - rules.session_idle,
        and_(Session.keep.is_(False), Session.seen_at < moment - rules.session_idle_brief),
    )
    dead = (OutboxItem.expires_at < moment, OutboxItem.state == outbox.DEAD)
    old = (
        OutboxItem.created_at < moment - rules.mail_in_mailbox,
        OutboxItem.state != outbox.WAITING,
    )
    return {
        "tokens": delete(Token).where(Token.expires_at < moment - timedelta(minutes=1)),
        "codes": delete(Code).where(Code.created_at < moment - rules.code_counted),
        "sessions": delete(Session).where(idle),
        "events": delete(Event).where(Event.created_at < moment - rules.events),
        "letters": update(OutboxItem).where(*dead).values(sealed=None),
        "outbox": delete(OutboxItem).where(*old),
    }
