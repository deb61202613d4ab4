"""Links in mails: signed, for one purpose, usable once; a newer one voids the older ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select

from minimaluser.database import db
from minimaluser.lib import clock, sealing, tokens
from minimaluser.models import WAITING, OutboxItem, Token, User, people
from minimaluser.rules import rules
from minimaluser.security import limits, link_tokens
from minimaluser.security.link_tokens import HELD as HELD
from minimaluser.security.link_tokens import BadLink
from minimaluser.settings import settings

CONFIRM, CHANGE_EMAIL = "confirm", "change-email"
RESET = "reset"  # has no row of its own: it ends with its code, see `key_reset`
UNDO_EMAIL, UNDO_CLOSING = "undo-email", "undo-closing"
UNDO = (UNDO_EMAIL, UNDO_CLOSING)
ADDRESSES = {
    CONFIRM: "/confirm/",
    CHANGE_EMAIL: "/email/confirm/",
    RESET: "/reset-key/mail/",
    UNDO_EMAIL: "/email/undo/",
    UNDO_CLOSING: "/closing/undo/",
}
MAIL = func.substr(Token.id_hash, 1, 32)  # reference of a mail that is deleted with its link


def make(user: User, purpose: str, sealed: str = "", to: str = "", **in_force: Any) -> str:
    """Add the token of a link and return the full address for the mail.

    Args:
        user: owner of the link; must be flushed, so that it has an id.
        purpose: one of this module's purposes.
        sealed: text that only the link itself can decrypt, see `open_sealed`.
        to: where it is mailed to, if that is neither `email` nor the address in force.
        in_force: columns of `Token` (`email`, `key_hash`, …) that the link puts in force.
    """
    if purpose not in UNDO:  # a thief must not be able to void it
        _remove(user, purpose)
    life = lifetime(purpose)
    secrets = settings.jwt_secret_html
    mark = link_tokens.marks(to or in_force.get("email") or user.email)[0]
    token, identity = tokens.issue(secrets, purpose, str(user.id), life, to=mark)
    db.session.add(
        Token(
            user_id=user.id,
            purpose=purpose,
            id_hash=tokens.digest(identity),
            expires_at=clock.now() + life,
            sealed=sealing.seal([identity], sealed) if sealed else None,
            **in_force,
        )
    )
    return address(purpose, token)


def address(purpose: str, token: str) -> str:
    """Return the address that a mail contains for a token."""
    return f"{settings.site_url}{ADDRESSES[purpose]}{token}"


def lifetime(purpose: str) -> timedelta:
    """Return how long a link is valid."""
    return {
        CONFIRM: rules.confirm,
        CHANGE_EMAIL: rules.change_email,
        RESET: rules.code,
        UNDO_EMAIL: rules.undo_email,
        UNDO_CLOSING: rules.undo_closing,
    }[purpose]


def mail_of(user: User, purpose: str) -> str:
    """Return the reference for the mail of a link just made, if the mail belongs to no user.

    `void` deletes the mail while it waits to be sent; a newer link does not.
    """
    return str(db.session.scalar(select(MAIL).where(*_of(user, purpose))))


def count_try(purpose: str, token: str) -> None:
    """Count a try to use a link; tokens that we signed are counted apart from all others.

    Raises:
        limits.TooMany: links were tried too often from this network.
    """
    try:
        tokens.read(settings.jwt_secret_html, purpose, token)
    except tokens.BadToken:
        limits.count("link")
    else:
        limits.count("link-signed")


def void(user: User, *purposes: str) -> None:
    """Void the user's links of these purposes."""
    if CHANGE_EMAIL in purposes:
        take_back_mails_of_moves(user)
    _remove(user, *purposes)


def take_back_mails_of_moves(*users: User) -> None:
    """Delete unsent mails with links that move the users to new addresses; they are nobody's."""
    moves = (Token.user_id.in_([user.id for user in users]), Token.purpose == CHANGE_EMAIL)
    theirs = OutboxItem.reference.in_(select(MAIL).where(*moves))
    unsent = (OutboxItem.kind == "mail", OutboxItem.state == WAITING, theirs)
    db.session.execute(delete(OutboxItem).where(*unsent))


def void_since(user: User, row: Token) -> None:
    """Void the undo links that were mailed with this one, later, or to its address.

    Older ones stay valid: they belong to whoever had the account before.
    """
    same = Token.email == (row.email or "")  # None: the address is in what is sealed
    later = or_(Token.id >= row.id, same)
    db.session.execute(
        delete(Token).where(Token.user_id == user.id, Token.purpose.in_(UNDO), later)
    )


def open_sealed(row: Token, token: str) -> str:
    """Return the text that is sealed in the row of this link; it is stored in no other way.

    Raises:
        BadLink: it is not the link of this row.
    """
    claims = tokens.read(settings.jwt_secret_html, row.purpose, token)
    try:
        return sealing.unseal([str(claims["jti"])], row.sealed or b"")
    except sealing.Unsealable:
        raise BadLink from None


def take(purpose: str, token: str) -> tuple[User, Token]:
    """Use up a link, in the transaction of its effect.

    Returns:
        The user and the row as it was.

    Raises:
        BadLink: the link is not valid (any more).
    """
    good = matches(purpose, token)
    row = db.session.scalar(select(Token).where(*good))
    if row is None:
        raise BadLink
    db.session.expunge(row)
    user = people.lock(row.user_id, closed=purpose == UNDO_CLOSING)
    gone = db.session.execute(delete(Token).where(*good))
    if gone.rowcount != 1 or user is None or not user.is_active:  # type: ignore[attr-defined]
        raise BadLink
    return user, row


def is_open(user: User, purpose: str) -> bool:
    """Tell whether the user has a link of this purpose that is still valid."""
    good = select(Token.id).where(*_of(user, purpose), Token.expires_at > clock.now())
    return db.session.scalar(good) is not None


def _remove(user: User, *purposes: str) -> None:
    db.session.execute(delete(Token).where(*_of(user, *purposes)))


def _of(user: User, *purposes: str) -> tuple[Any, ...]:
    return Token.user_id == user.id, Token.purpose.in_(purposes)


def matches(purpose: str, token: str) -> tuple[Any, ...]:
    """Return the conditions for the row of a valid link.

    Raises:
        BadLink: the token is not ours, or for another purpose.
    """
    claims = link_tokens.read(purpose, token)
    return (
        Token.id_hash == tokens.digest(str(claims["jti"])),
        Token.purpose == purpose,
        Token.user_id == claims["sub"],
        Token.expires_at > clock.now() - tokens.LEEWAY,
    )
