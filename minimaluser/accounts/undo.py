"""Putting an account back as it was: for who has lost it to somebody else, too.

A thief has the browser, the key and perhaps the account under another address by now. What he
cannot have is the mailbox of the address before: a link there works whatever he did since, and an
older link works after a newer one was used.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from minimaluser.accounts import belongings, codes, links, people, removal, sessions
from minimaluser.extensions import db
from minimaluser.lib import clock, emails
from minimaluser.models import Token, User

KNOWN = ("email", "key_hash", "key_is_first", "key_set_at")


def email_link(user: User) -> str:
    """Return a link that brings back the address and the key of today."""
    return links.make(user, links.UNDO_EMAIL, **in_force(user))


def in_force(source: User | Token) -> dict[str, Any]:
    """Return what a link must know: the address and the key of a user, or of another link."""
    return {name: getattr(source, name) for name in KNOWN}


def closing_links(user: User) -> list[tuple[str, str]]:
    """Return a link for every address that may have the account back once it is closed.

    These are the address in force and those it could still be moved back to; the oldest link of
    an address knows the key from before anybody else came.

    Returns:
        Pairs of address and link, the earliest owner first.
    """
    rows = db.session.scalars(
        select(Token)
        .where(Token.user_id == user.id, Token.purpose == links.UNDO_EMAIL)
        .where(Token.expires_at > clock.now())
        .order_by(Token.id)
    )
    owners: dict[str, dict[str, Any]] = {}
    for row in rows:
        owners.setdefault(str(row.email), in_force(row))
    owners.pop(user.email, None)
    owners[user.email] = in_force(user)
    packed = belongings.pack(user)
    return [(email, _closing_link(user, owner, packed)) for email, owner in owners.items()]


def opened(row: Token, token: str) -> dict[str, Any]:
    """Return what a link from `closing_links` knows.

    Raises:
        links.BadLink: it is not the link of this row.
    """
    known: dict[str, Any] = json.loads(links.open_sealed(row, token))
    known["key_set_at"] = datetime.fromisoformat(known["key_set_at"])
    return known


def put_in_force(
    user: User,
    email: str | None,
    key_hash: str | None,
    key_is_first: bool | None,
    key_set_at: datetime | None = None,
) -> None:
    """Set address and key; links and codes from before are void. The caller commits.

    Raises:
        links.BadLink: there is no address or no key.
    """
    if not email or not key_hash:
        raise links.BadLink
    user.email, user.email_key = emails.parse(email)
    user.key_hash, user.key_is_first = key_hash, bool(key_is_first)
    user.key_set_at = key_set_at or clock.now()
    user.pending_email = None
    codes.void(user)
    links.void(user, links.CONFIRM, links.CHANGE_EMAIL)


def evict_squatter(user: User, email: str) -> None:
    """Remove who has signed up with the address meanwhile and never confirmed it."""
    squatter = people.by_email(email)
    if squatter and squatter.id != user.id and not squatter.is_confirmed:
        removal.remove(squatter)


def settle(user: User, row: Token) -> None:
    """Void what is pending and what came later, end every session. The caller commits."""
    user.pending_email = None
    codes.void(user)
    links.void(user, links.CHANGE_EMAIL)
    links.void_since(user, row)
    sessions.end_sessions(user)


def _closing_link(user: User, owner: dict[str, Any], packed: str) -> str:
    key_set_at: datetime = owner["key_set_at"] or clock.now()
    known = owner | {"nickname": user.nickname, "key_set_at": key_set_at.isoformat()}
    known["belongings"] = packed
    return links.make(user, links.UNDO_CLOSING, sealed=json.dumps(known))
