"""The sessions of a user: listing them, and ending others than the one of this request."""

from __future__ import annotations

from sqlalchemy import delete, select

from minimaluser.accounts import events
from minimaluser.database import db
from minimaluser.lib import tokens
from minimaluser.models import Session, User
from minimaluser.security.acting import acting
from minimaluser.settings import settings


def list_sessions(user: User) -> list[Session]:
    """Return the sessions of the user, the most recently used first."""
    rows = db.session.scalars(
        select(Session).where(Session.user_id == user.id).order_by(Session.seen_at.desc())
    )
    alive = [row for row in rows if row.is_alive]
    for row in alive:
        row.number = _numbers(row.id)[0]
    return alive


def end_other_session(user: User, number: int) -> bool:
    """End one of the user's sessions, but not the one of this request.

    Args:
        user: owner of the session.
        number: number of the session, as `list_sessions` returns it.

    Returns:
        Whether the user had such a session.
    """
    here = user.session.id if user.session else None
    others = select(Session.id).where(Session.user_id == user.id, Session.id != here)
    with acting(user, recent_key=True):
        meant = [id_ for id_ in db.session.scalars(others) if number in _numbers(id_)]
        if meant:
            db.session.execute(delete(Session).where(Session.id.in_(meant)))
            events.note(user, "session_ended")
    return bool(meant)


def end_other_sessions(user: User) -> None:
    """End every session of the user but the one of this request."""
    here = user.session.id if user.session else None
    with acting(user, recent_key=True):
        others = delete(Session).where(Session.user_id == user.id, Session.id != here)
        if db.session.execute(others).rowcount:  # type: ignore[attr-defined]
            events.note(user, "sessions_ended")


def _numbers(identity: int) -> list[int]:
    """Return the numbers of a session on its user's pages, one for each valid secret.

    The id of its row would reveal how many log-ins the whole site has.
    """
    secrets = settings.session_secret
    return [int(tokens.keyed_digest(one, f"session {identity}")[:7], 16) for one in secrets]
