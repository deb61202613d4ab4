"""Finding people."""

from __future__ import annotations

from sqlalchemy import inspect, select

from minimaluser.database import db
from minimaluser.lib import emails
from minimaluser.models import Session, User


def by_email(text: str | emails.Email) -> User | None:
    """Return who has this address in force, however it was typed."""
    found = emails.parse_any(text)
    if not found.address:
        return None
    return db.session.scalar(select(User).where(User.email_key == found.key))


def by_id(identity: int) -> User | None:
    """Return who has this id; an account that is closed is nobody."""
    user = db.session.get(User, identity)
    return user if user is not None and user.closed_at is None else None


def id_of(row: User | Session) -> int:
    """Return the primary key of a loaded row, even of one that may be gone by now."""
    identity: tuple[int] = inspect(row, raiseerr=True).identity  # type: ignore[attr-defined]
    return identity[0]


def lock(identity: int, *, closed: bool = False) -> User | None:
    """Return somebody as they are now and keep others from changing them until the commit.

    An account that is closed is nobody, unless `closed` says that one may be meant.

    Whoever changes a person or what belongs to them locks first: with one order of locks nobody
    waits for each other in a circle. Rows that only refer to the person can still be added.
    """
    lock_it = {"key_share": True}
    user = db.session.get(User, identity, with_for_update=lock_it, populate_existing=True)
    return None if user is not None and user.closed_at is not None and not closed else user
