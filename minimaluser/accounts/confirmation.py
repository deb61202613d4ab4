"""Confirming the address of an account."""

from __future__ import annotations

from minimaluser import mail
from minimaluser.accounts import events
from minimaluser.database import transaction
from minimaluser.lib import browsers, clock, hashing
from minimaluser.models import User
from minimaluser.security import credentials, limits, links, mails, sessions
from minimaluser.security.acting import acting, living_session
from minimaluser.security.credentials import After


def confirm(token: str, user_agent: str, visitor: User | None = None) -> User:
    """Confirm the address by its link and log in; earlier credentials end.

    A key that did not come by mail stays only if it was entered in this very browser: somebody
    else may have signed up with the address and set it.

    Args:
        token: from the link.
        user_agent: the User-Agent header of the browser.
        visitor: the user who is logged in in this browser, if any.

    Raises:
        links.BadLink: the link is not valid.
        limits.TooMany: links were tried too often from this network.
    """
    links.count_try(links.CONFIRM, token)
    with transaction():
        user, _ = links.take(links.CONFIRM, token)
        trusted = user.key_is_first or _has_entered_key(user, visitor)
        user.confirmed_at = user.confirmed_at or clock.now()
        credentials.end(user, After.CONFIRMATION)
        if not trusted:
            credentials.turn_key_off(user)
        events.note(user, "confirmed")
        sessions.open_session(
            user, False, browsers.describe(user_agent), key_entered_at=clock.now()
        )
    return user


def resend_confirmation(user: User) -> None:
    """Send the confirmation mail again, with a new first key unless the user has replaced it.

    Raises:
        limits.TooMany: it was requested too often from this network.
        mails.NoMail: it was sent not long ago; link and key in that mail stay valid.
    """
    if user.is_confirmed:
        return
    limits.count("confirm")
    key = hashing.generate_key() if user.key_is_first else None
    hashed = hashing.hash_key(key) if key else None
    with acting(user):
        if hashed and user.key_is_first:
            user.key_hash, user.key_set_at = hashed, clock.now()
        send(user, key if user.key_is_first else None, mails.AGAIN)


def is_link_on_its_way(user: User) -> bool:
    """Tell whether the user was sent a link that can still confirm the address."""
    return links.is_open(user, links.CONFIRM)


def send(user: User, key: str | None, budgets: tuple[str, ...] = ()) -> None:
    """Put the confirmation mail into the outbox, in the caller's transaction.

    Raises:
        mails.NoMail: too many mails went to this address.
    """
    mail.send_confirmation(user, key, links.make(user, links.CONFIRM), budgets=budgets)


def _has_entered_key(user: User, visitor: User | None) -> bool:
    session = living_session(user) if visitor is user else None
    return session is not None and session.key_entered_at is not None
