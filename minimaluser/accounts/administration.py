"""What operators of the site do with accounts, from the command line."""

from __future__ import annotations

from sqlalchemy import select

from minimaluser.accounts import signup
from minimaluser.accounts.refusal import Refused, read
from minimaluser.database import Taken, db, transaction
from minimaluser.lib import clock, emails, hashing, keys
from minimaluser.models import User, people
from minimaluser.rules import rules
from minimaluser.security import sessions


def create_user(email: str, state: str, key: str | None) -> tuple[str, str]:
    """Create a user in a state (`unconfirmed`, `confirmed`, `disabled`), without mail.

    Returns:
        The granted nickname and the access key.

    Raises:
        Refused: the address is taken or invalid.
    """
    address, email_key = read("email", emails.parse, email)
    used = keys.clean(key, rules.key) if key else hashing.generate_key()
    try:
        with transaction():
            user = signup.add_user(address, email_key, hashing.hash_key(used), "")
            user.key_is_first = key is None
            _set(user, state)
    except Taken:
        if people.by_email(email) is None:  # something else is there already
            raise
        raise Refused("email", signup.TAKEN) from None
    return user.nickname, used


def set_state(email: str, state: str) -> bool:
    """Confirm or disable the owner of an address; False if there is none."""
    with transaction():
        user = people.by_email(email)
        if user is not None:
            _set(user, state)
    return user is not None


def list_users() -> list[tuple[str, str, str]]:
    """Return state, address and nickname of everybody, the oldest account first."""
    return [
        (_state(user), user.email, user.nickname)
        for user in db.session.scalars(select(User).order_by(User.id))
    ]


def _set(user: User, state: str) -> None:
    if state == "confirmed":
        user.confirmed_at = user.confirmed_at or clock.now()
        user.disabled_at = None
    if state == "disabled":
        user.disabled_at = clock.now()
        sessions.end_sessions(user)


def _state(user: User) -> str:
    if user.closed_at:
        return "closed"
    if user.disabled_at:
        return "disabled"
    return "confirmed" if user.is_confirmed else "unconfirmed"
