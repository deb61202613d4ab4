"""Moving to another e-mail address: asked, confirmed from the new one, undone from the old one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from minimaluser import mail
from minimaluser.accounts import access_key, events, undo
from minimaluser.accounts.refusal import Refused
from minimaluser.database import db, transaction
from minimaluser.lib import clock, emails, hashing
from minimaluser.models import Token, User, people
from minimaluser.security import credentials, limits, links, mails, sessions
from minimaluser.security.acting import acting, living_session
from minimaluser.security.credentials import After


def change_email(user: User, email: str, current_key: str | None) -> None:
    """Ask to move to another address; the present one stays in force until that is confirmed.

    The answer, and every row of who asks, is the same for an address that somebody has: the owner
    is told instead, and nobody is sent the link.

    Args:
        user: who asks.
        email: the new address as typed.
        current_key: needed when the key was not entered in the last minutes.

    Raises:
        Refused: not an address, the same address, or a wrong key.
        limits.TooMany: it was asked for too often, or mail that belongs to it cannot go out.
    """
    try:
        address, email_key = emails.parse(email)
    except emails.BadEmail as problem:
        raise Refused("email", str(problem)) from None
    if email_key == user.email_key:
        raise Refused("email", "This is your email address already.")
    entered = access_key.is_recent_key_needed(user)
    if entered:
        access_key.require(user, current_key or "")
    limits.count("email", user)
    key = hashing.generate_key()
    hashed = hashing.hash_key(key)
    with acting(user, recent_key=not entered):
        if entered:
            access_key.note_entry(user)
        events.note(user, "email_asked")
        user.pending_email = address
        owner = people.by_email(address)
        in_force: dict[str, Any] = {"email": address, "key_hash": hashed, "key_is_first": True}
        link = links.make(user, links.CHANGE_EMAIL, **in_force)
        reference = links.mail_of(user, links.CHANGE_EMAIL)
        if owner is not None:
            mail.send_email_taken(owner, budgets=mails.AT_MOVE)
        else:
            mail.send_email_change(user, address, key, link, reference)
        if user.is_confirmed:  # an address never confirmed may be a stranger's: no say for it
            mail.send_email_change_notice(user, address, undo.email_link(user))


def confirm_email(token: str, visitor: User | None) -> User:
    """Put the new address and its key in force; other sessions end.

    Returns:
        The user, without a session if nobody is logged in here as them.

    Args:
        token: from the link mailed to the new address.
        visitor: who is logged in in this browser; keeps being so if it is the same user.

    Raises:
        links.BadLink: the link is not good, or somebody has the address by now.
        limits.TooMany: links were tried too often from this network.
    """
    links.count_try(links.CHANGE_EMAIL, token)
    try:
        with transaction():
            user, row = links.take(links.CHANGE_EMAIL, token)
            old_email, link = user.email, undo.email_link(user) if user.is_confirmed else None
            here = living_session(user) if visitor is user else None
            undo.remember(user)
            credentials.end(user, After.MOVE)
            _move(user, row)
            events.note(user, "email_changed")
            if link:
                mail.send_email_changed(user, old_email, link)
            user.session = here
            if here is not None:
                sessions.renew_session(user)
    except IntegrityError:
        raise links.BadLink from None
    return user


def undo_email(token: str) -> User:
    """Restore the old address, turn the key off until it is reset, end all that was given out.

    Raises:
        links.BadLink: the link is not good, or somebody confirmed the address by now.
        limits.TooMany: links were tried too often from this network.
    """
    links.count_try(links.UNDO_EMAIL, token)
    try:
        with transaction():
            user, row = links.take(links.UNDO_EMAIL, token)
            lost_by = user.email if user.email != row.email else ""
            if lost_by:
                undo.move_back(user, row)
            undo.settle(user, row)
            events.note(user, "email_undone")
            mail.send_email_undone(user)
            if lost_by:
                mail.send_email_returned(user, lost_by)
    except IntegrityError:
        raise links.BadLink from None
    return user


def _move(user: User, row: Token) -> None:
    """Put the address and the key of a link in force."""
    if not row.email or not row.key_hash:
        raise links.BadLink
    user.email, user.email_key = emails.parse(row.email)
    user.key_hash, user.key_is_first = row.key_hash, True
    user.key_set_at, user.key_off_at = clock.now(), None
    user.confirmed_at = user.confirmed_at or clock.now()
    db.session.flush()
