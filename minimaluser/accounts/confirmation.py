"""Confirming the address of an account."""

from __future__ import annotations

from minimaluser import mail
from minimaluser.accounts import events, links, people, sessions
from minimaluser.extensions import transaction
from minimaluser.lib import browsers, clock, hashing
from minimaluser.models import User
from minimaluser.security import limits, mails


def confirm(token: str, user_agent: str) -> User:
    """Confirm by the link and log in; every session from before ends, pending changes are void.

    Raises:
        links.BadLink: the link is not good.
        limits.TooMany: links were tried too often from this network.
    """
    limits.count("link")
    with transaction():
        user, _ = links.take(links.CONFIRM, token)
        user.confirmed_at = user.confirmed_at or clock.now()
        user.pending_email = None
        links.void(user, links.CONFIRM, links.CHANGE_EMAIL)
        events.note(user, "confirmed")
        sessions.end_sessions(user)
        sessions.open_session(
            user, False, browsers.describe(user_agent), key_entered_at=clock.now()
        )
    return user


def resend_confirmation(user: User) -> None:
    """Send the confirmation mail again, with a fresh first key unless the user has an own one.

    Raises:
        limits.TooMany: it was asked for too often from this network.
        mails.NoMail: it was sent not long ago; what was in that mail stays good.
    """
    if user.is_confirmed:
        return
    limits.count("confirm")
    key = hashing.generate_key() if user.key_is_first else None
    hashed = hashing.hash_key(key) if key else None
    with transaction():
        if people.lock(user.id) is None:
            return
        if hashed and user.key_is_first:
            user.key_hash, user.key_set_at = hashed, clock.now()
        send(user, key if user.key_is_first else None, mails.AGAIN)


def send(user: User, key: str | None, budgets: tuple[str, ...] = ()) -> None:
    """Put the confirmation mail into the outbox, in the caller's transaction.

    Raises:
        mails.NoMail: too many went to this address.
    """
    mail.send_confirmation(user, key, links.make(user, links.CONFIRM), budgets=budgets)
