"""Moving to another e-mail address: asking, confirming from the new one, undoing from the old."""

from __future__ import annotations

from typing import Any

from minimaluser import mail
from minimaluser.accounts import access_key, events, undo
from minimaluser.accounts.refusal import Refused, read
from minimaluser.database import Taken, db, transaction
from minimaluser.lib import clock, emails, hashing
from minimaluser.lib.emails import Email
from minimaluser.models import Token, User, people
from minimaluser.security import credentials, limits, links, mails, sessions
from minimaluser.security.acting import KeyNeeded, acting, living_session
from minimaluser.security.credentials import After

YOURS = "This is your email address already."


def change_email(user: User, email: str | Email, current_key: str | None) -> None:
    """Ask to move to another address; the present one stays in force until that is confirmed.

    If somebody has the address already, the response and all rows of the user are the same: then
    its owner gets a mail, and nobody gets the link.

    Args:
        user: the user who asks.
        email: the new address.
        current_key: needed if the key was not entered in the last minutes.

    Raises:
        Refused: the address is invalid or the present one, or the key is wrong; see
            `access_key.insist_on_proof`.
        KeyNeeded: the key is needed, and there is None.
        limits.TooMany: moves were requested too often, or a mail of this one cannot be sent.
    """
    new = read("email", emails.parse, email)
    if new.key == user.email_key:
        raise Refused("email", YOURS)
    access_key.insist_on_proof(user, "email")
    entered = access_key.is_recent_key_needed(user)
    if entered:
        if current_key is None:
            raise KeyNeeded
        access_key.require(user, current_key)
    limits.count("email", user)
    key = hashing.generate_key()
    hashed = hashing.hash_key(key)
    with acting(user, recent_key=not entered):
        if entered:
            access_key.note_entry(user)
        _ask(user, new, key, hashed)


def resend_move(user: User) -> bool:
    """Ask for the move that waits once more: the earlier link and its key are void.

    Returns:
        Whether a move waits.

    Raises:
        KeyNeeded: the key was not entered in the last minutes.
        limits.TooMany: as for `change_email`.
    """
    if not _is_moving(user):
        return False
    limits.count("email", user)
    key = hashing.generate_key()
    hashed = hashing.hash_key(key)
    with acting(user, recent_key=True):
        if user.pending_email is None:
            return False
        links.take_back_mails_of_moves(user)
        address = user.pending_email
        _ask(user, Email(address, emails.same(address)), key, hashed)
    return True


def _is_moving(user: User) -> bool:
    """Tell whether a move to another address waits to be confirmed."""
    return user.pending_email is not None


def cancel_move(user: User) -> bool:
    """Give up the move that waits: its link is void, and a mail that was not sent yet never is.

    Returns:
        Whether a move was waiting.
    """
    with acting(user):
        if user.pending_email is None:
            return False
        credentials.end_pending_move(user)
        events.note(user, "email_cancelled")
    return True


def _ask(user: User, new: Email, key: str, hashed: str) -> None:
    """Send the link to the new address, and to the present one how to undo it."""
    events.note(user, "email_asked")
    user.pending_email = address = new.address
    owner = people.by_email(new)
    in_force: dict[str, Any] = {"email": address, "key_hash": hashed, "key_is_first": True}
    link = links.make(user, links.CHANGE_EMAIL, **in_force)
    reference = links.mail_of(user, links.CHANGE_EMAIL)
    if owner is not None:
        mail.send_email_taken(owner, budgets=mails.AT_MOVE)
    else:
        mail.send_email_change(user, address, key, link, reference)
    if user.is_confirmed:  # an unconfirmed address may be a stranger's: it gets no undo link
        mail.send_email_change_notice(user, address, undo.email_link(user))


def confirm_email(token: str, visitor: User | None) -> User:
    """Put the new address and its key in force; other sessions end.

    Returns:
        The user, without a session unless they are logged in in this browser.

    Args:
        token: from the link mailed to the new address.
        visitor: the user who is logged in in this browser, if any; the owner of the link stays so.

    Raises:
        links.BadLink: the link is not valid, or somebody has the address by now.
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
    except Taken:
        raise links.BadLink(links.HELD) from None
    return user


def undo_email(token: str) -> User:
    """Restore the old address, turn the key off until it is reset, end the other credentials.

    Raises:
        links.BadLink: the link is not valid, or somebody has confirmed the address meanwhile.
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
    except Taken:
        raise links.BadLink(links.HELD) from None
    return user


def _move(user: User, row: Token) -> None:
    """Put the address and the key of a link in force."""
    if not row.email or not row.key_hash:
        raise links.BadLink
    user.email, user.email_key = row.email, emails.same(row.email)
    user.key_hash, user.key_is_first = row.key_hash, True
    user.key_set_at, user.key_off_at = clock.now(), None
    user.confirmed_at = user.confirmed_at or clock.now()
    db.session.flush()
