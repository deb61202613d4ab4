"""The transaction for every change by a user who is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from minimaluser.database import db, transaction
from minimaluser.lib import audit
from minimaluser.models import Session, User, people


class SessionEnded(Exception):
    """The session is over; the visitor is a guest from now on.

    Attributes:
        wrong_keys: it has just been ended because the access key was wrong too often.
    """

    def __init__(self, *, wrong_keys: bool = False) -> None:
        super().__init__("the session has ended")
        self.wrong_keys = wrong_keys


class KeyNeeded(Exception):
    """The access key has to be entered first; the last time is too long ago."""


@contextmanager
def acting(user: User, *, recent_key: bool = False) -> Iterator[None]:
    """Open the transaction of a use case, lock the user and check the session again.

    Earlier checks may be outdated: a key was being hashed, perhaps for seconds, while the owner
    reset it in another browser. While the user is locked, nobody can end the session.

    Args:
        user: the user who is logged in in this request.
        recent_key: require that the access key was entered in the last minutes.

    Raises:
        SessionEnded: the session of this request is over, or the account closed or disabled.
        KeyNeeded: the key was not entered recently.
    """
    audit.concern(people.id_of(user))
    with transaction():
        session = living_session(user) if people.lock(people.id_of(user)) is not None else None
        if session is None or not user.is_active:
            raise SessionEnded
        if recent_key and not session.key_is_recent:
            raise KeyNeeded
        yield


def living_session(user: User) -> Session | None:
    """Return the session of this request as the database has it now, None if it has ended.

    The caller must have locked the user.
    """
    if user.session is None:
        return None
    began = user.session.created_at  # SQLite reuses the id of the newest session when it has ended
    found = db.session.get(Session, people.id_of(user.session), populate_existing=True)
    if found is None or found.created_at != began:
        return None
    return found if found.user_id == user.id and found.is_alive else None
