"""Confirming the address of an account."""

from __future__ import annotations

from dataclasses import replace

from minimaluser import mail
from minimaluser.accounts import events
from minimaluser.accounts.link_about import About, look_at
from minimaluser.accounts.refusal import Refused
from minimaluser.database import transaction, transaction_before
from minimaluser.lib import browsers, clock, hashing, keys
from minimaluser.models import User, people
from minimaluser.rules import rules
from minimaluser.security import credentials, limits, links, mails, sessions
from minimaluser.security.acting import acting, living_session
from minimaluser.security.credentials import After

NOT_CHOSEN = (
    "This is not the access key that was chosen. If you do not know it, leave the field empty."
)


def look_at_confirmation(token: str, visitor: User | None) -> About:
    """Tell what a link is about, and whether `confirm` wants to know the key.

    Raises:
        links.BadLink: the link is not valid (any more); it says so if its work is done.
    """
    about = look_at(links.CONFIRM, token)
    user = people.by_id(about.user_id)
    here = visitor.session if visitor is not None and visitor is user else None
    is_known = here is not None and here.key_entered_at is not None
    return replace(about, asks_key=user is not None and _is_own(user) and not is_known)


def confirm(token: str, user_agent: str, visitor: User | None = None, key: str = "") -> User:
    """Confirm the address by its link and log in; earlier credentials end.

    A key that did not come by mail (one that was chosen at the sign-up, say) stays only if it was
    entered in this very browser, or is entered now: somebody else may have signed up with the
    address and chosen it. Otherwise it is off, and the owner of the mailbox sets another one.

    Args:
        token: from the link.
        user_agent: the User-Agent header of the browser.
        visitor: the user who is logged in in this browser, if any.
        key: the key as typed now; empty if whoever confirms does not know it.

    Raises:
        links.BadLink: the link is not valid.
        Refused: a key was typed, and it is wrong; nothing is confirmed.
        limits.TooMany: links, or keys, were tried too often.
    """
    links.count_try(links.CONFIRM, token)
    known = _right_key(look_at(links.CONFIRM, token).user_id, key)
    with transaction():
        user, _ = links.take(links.CONFIRM, token)
        is_known = known is not None and known == user.key_hash
        trusted = user.key_is_first or is_known or _has_entered_key(user, visitor)
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


def _is_own(user: User) -> bool:
    return not user.key_is_first and user.key_off_at is None


def _right_key(identity: int, key: str) -> str | None:
    """Return the hash of the user's own key if this is the key; None if it was not asked for."""
    user = people.by_id(identity)
    if user is None or not key or not _is_own(user):
        return None
    attempt = limits.count("key", user)
    if not keys.match(user.key_hash, key, rules.key):
        raise Refused("current_key", NOT_CHOSEN)
    with transaction_before():
        limits.give_back(attempt)
    return user.key_hash


def _has_entered_key(user: User, visitor: User | None) -> bool:
    session = living_session(user) if visitor is user else None
    return session is not None and session.key_entered_at is not None
