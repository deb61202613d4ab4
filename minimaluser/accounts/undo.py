"""Restoring an account as it was, also for an owner who has lost it to a thief.

A thief has the browser, the key and perhaps the account under another address by now, but not the
mailbox of the earlier address. A link mailed there works whatever the thief has done since, and an
older link works after a newer one was used. It ends everything that the thief has: the key opens
nothing until the owner has set another one by mail.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select, update

from minimaluser import outbox
from minimaluser.accounts import nickname, removal, tile
from minimaluser.database import db
from minimaluser.lib import clock, emails, sealing
from minimaluser.models import Token, User, people
from minimaluser.personal import belongings, raw
from minimaluser.security import credentials, links, mails
from minimaluser.security.credentials import After
from minimaluser.settings import settings


def email_link(user: User) -> str:
    """Return a link that brings back the present address."""
    return links.make(user, links.UNDO_EMAIL, email=user.email)


def closing_links(user: User) -> list[tuple[str, str]]:
    """Return a link for every address that may have the account back once it is closed.

    These are the address in force and those it could still be moved back to.

    Returns:
        Pairs of address and link, the earliest owner first.
    """
    rows = db.session.scalars(
        select(Token)
        .where(Token.user_id == user.id, Token.purpose == links.UNDO_EMAIL)
        .where(Token.expires_at > clock.now())
        .order_by(Token.id)
    )
    present = belongings.pack(user)
    owners: dict[str, str] = {}
    for row in rows:
        owners.setdefault(str(row.email), _left_behind(row) or present)
    owners.pop(user.email, None)
    owners[user.email] = present
    before = list(owners)
    return [
        (email, _closing_link(user, email, packed, before[:number]))
        for number, (email, packed) in enumerate(owners.items())
    ]


def remember(user: User) -> None:
    """Store with the undo links what an account holds when it moves to another address.

    The earlier address can bring back that much. What is added later belongs to whoever has the new
    address, who may never have asked for the account.
    """
    secrets = settings.session_secret
    fresh = (
        Token.user_id == user.id,
        Token.purpose == links.UNDO_EMAIL,
        Token.before.is_(None),
    )
    sealed = sealing.seal(secrets, belongings.pack(user))
    db.session.execute(update(Token).where(*fresh).values(before=sealed))


def move_back(user: User, row: Token) -> None:
    """Bring an account back to an address as it was when it moved away. The caller commits.

    Raises:
        links.BadLink: the row has no address.
    """
    restore_address(user, row.email)
    packed = _left_behind(row)
    if packed:
        db.session.flush()
        take_back(user, packed)


def take_back(user: User, packed: str) -> None:
    """Take an account back from whoever had it since something was packed. The caller commits.

    A nickname that somebody else has by now is granted anew, and the tile is drawn again.
    """
    belongings.take_back(user, packed)
    nickname.keep_or_grant(user)
    outbox.add("tile_remove", user.tile_name, None)
    tile.draw_again(user)


def opened(row: Token, token: str) -> dict[str, Any]:
    """Return what is sealed in a link from `closing_links`.

    Raises:
        links.BadLink: it is not the link of this row.
    """
    known: dict[str, Any] = json.loads(links.open_sealed(row, token))
    return known


def insist_on_precedence(known: dict[str, Any]) -> None:
    """Refuse a later owner if an earlier one has opened a new account instead.

    Args:
        known: what is sealed in the link, see `opened`.

    Raises:
        links.BadLink: an earlier address belongs to a confirmed account by now.
    """
    for email in known.get("before", ()):
        found = people.by_email(email)
        if found is not None and found.is_confirmed:
            raise links.BadLink


def restore_address(user: User, email: str | None) -> None:
    """Put an address in force again. The caller commits.

    Raises:
        links.BadLink: there is no address.
    """
    if not email:
        raise links.BadLink
    _evict_squatter(user, email)
    user.email, user.email_key = email, emails.same(email)


def settle(user: User, row: Token) -> None:
    """End everything that a thief could have, and all later links. The caller commits."""
    credentials.end(user, After.UNDO)
    links.void_since(user, row)
    mails.count_codes_anew(user.email_key)  # a thief may have used them up


def _evict_squatter(user: User, email: str) -> None:
    """Remove an account that signed up with the address meanwhile and never confirmed it."""
    squatter = people.by_email(email)
    if squatter and squatter.id != user.id and not squatter.is_confirmed:
        removal.remove(squatter)


def _left_behind(row: Token) -> str:
    """Return what the account held when it left the address of a link; empty if it has not."""
    if row.before is None:
        return ""
    try:
        return sealing.unseal(settings.session_secret, row.before)
    except sealing.Unsealable:  # the secret was retired
        return ""


def _closing_link(user: User, email: str, packed: str, before: list[str]) -> str:
    """Make a link.

    Args:
        user: owner of the account.
        email: address to which the link is mailed.
        packed: what the link brings back.
        before: addresses that had the account earlier.
    """
    known = {
        "email": email,
        "nickname": raw.read_back(packed)["columns"]["nickname"],
        "belongings": packed,
        "before": before,
    }
    return links.make(user, links.UNDO_CLOSING, json.dumps(known), email)
