"""Where a user is logged in, and logging out there from here."""

from __future__ import annotations

from sqlalchemy import delete, select

from minimaluser.accounts import events
from minimaluser.accounts.acting import acting
from minimaluser.extensions import db
from minimaluser.models import Session, User


def list_sessions(user: User) -> list[Session]:
    """Return where the user is logged in, the latest used first."""
    rows = db.session.scalars(
        select(Session).where(Session.user_id == user.id).order_by(Session.seen_at.desc())
    )
    return [row for row in rows if row.is_alive]


def end_other_session(user: User, identity: int) -> bool:
    """End one of the user's sessions, not the one of this request.

    Args:
        user: whose.
        identity: number of the session's row.

    Returns:
        Whether there was such a session; somebody else's is none.
    """
    here = user.session.id if user.session else None
    mine = (Session.id == identity, Session.user_id == user.id, Session.id != here)
    with acting(user, recent_key=True):
        gone = db.session.execute(delete(Session).where(*mine))
        if gone.rowcount:  # type: ignore[attr-defined]
            events.note(user, "session_ended")
    return gone.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def end_other_sessions(user: User) -> None:
    """End every session of the user but the one of this request."""
    here = user.session.id if user.session else None
    with acting(user, recent_key=True):
        others = delete(Session).where(Session.user_id == user.id, Session.id != here)
        if db.session.execute(others).rowcount:  # type: ignore[attr-defined]
            events.note(user, "sessions_ended")
