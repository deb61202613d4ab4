"""Moving to another e-mail address: asked, confirmed from the new one, undone from the old one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from minimaluser import mail
from minimaluser.accounts import access_key, events, links, people, sessions, undo
from minimaluser.accounts.refusal import Refused, SessionEnded
from minimaluser.extensions import db, transaction
from minimaluser.lib import clock, emails, hashing
from minimaluser.models import User
from minimaluser.security import limits


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
        limits.TooMany: it was asked for too often.
    """
    try:
        address, email_key = emails.parse(email)
    except emails.BadEmail as problem:
        raise Refused("email", str(problem)) from None
    if email_key == user.email_key:
        raise Refused("email", "This is your email address already.")
    if access_key.is_recent_key_needed(user):
        access_key.require(user, current_key or "")
    limits.count("email", limits.user_of(user))
    may_mail = limits.may_mail("any-mail", address)
    key = hashing.generate_key()
    hashed = hashing.hash_key(key)
    with transaction():
        if people.lock(user.id) is None:
            raise SessionEnded
        if access_key.is_recent_key_needed(user):
            access_key.note_entry(user)
        events.note(user, "email_asked")
        user.pending_email = address
        owner = people.by_email(address)
        in_force: dict[str, Any] = {"email": address, "key_hash": hashed, "key_is_first": True}
        link = links.make(user, links.CHANGE_EMAIL, **in_force)
        reference = links.mail_of(user, links.CHANGE_EMAIL)
        if owner is not None:
            mail.send_email_taken(owner, sent=may_mail)
        else:
            mail.send_email_change(user, address, key, link, reference=reference, sent=may_mail)
        if user.is_confirmed:  # an address never confirmed may be a stranger's: no say for it
            mail.send_email_change_notice(user, address, undo.email_link(user))


def confirm_email(token: str, visitor: User | None) -> User:
    """Put the new address and its key in force; other sessions end.

    Args:
        token: from the link mailed to the new address.
        visitor: who is logged in in this browser; keeps being so if it is the same user.

    Raises:
        links.BadLink: the link is not good, or somebody has the address by now.
        limits.TooMany: links were tried too often from this network.
    """
    limits.count("link")
    try:
        with transaction():
            user, row = links.take(links.CHANGE_EMAIL, token)
            old_email, link = user.email, undo.email_link(user) if user.is_confirmed else None
            undo.put_in_force(user, row.email, row.key_hash, row.key_is_first)
            db.session.flush()
            user.confirmed_at = user.confirmed_at or clock.now()
            events.note(user, "email_changed")
            if link:
                mail.send_email_changed(user, old_email, link)
            if visitor is not None and visitor.id == user.id:
                sessions.renew_session(user)
            else:
                sessions.end_sessions(user)
    except IntegrityError:
        raise links.BadLink from None
    return user


def undo_email(token: str) -> User:
    """Restore the old address and key, void what is pending, end every session.

    Raises:
        links.BadLink: the link is not good, or somebody confirmed the address by now.
        limits.TooMany: links were tried too often from this network.
    """
    limits.count("link")
    try:
        with transaction():
            user, row = links.take(links.UNDO_EMAIL, token)
            if user.email != row.email:
                undo.evict_squatter(user, row.email or "")
                known = (row.email, row.key_hash, row.key_is_first, row.key_set_at)
                undo.put_in_force(user, *known)
            undo.settle(user, row)
            events.note(user, "email_undone")
            mail.send_email_undone(user)
    except IntegrityError:
        raise links.BadLink from None
    return user
