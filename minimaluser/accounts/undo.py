"""Putting an account back as it was: for who has lost it to somebody else, too.

A thief has the browser, the key and perhaps the account under another address by now. What they
cannot have is the mailbox of the address before: a link there works whatever they did since, and
an older link works after a newer one was used. It is the end of everything the thief has: the key
opens nothing until its owner has set another one by mail.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from minimaluser.accounts import credentials, links, people, removal
from minimaluser.accounts.credentials import After
from minimaluser.extensions import db
from minimaluser.lib import clock, emails
from minimaluser.models import Token, User


def email_link(user: User) -> str:
    """Return a link that brings back the address of today."""
    return links.make(user, links.UNDO_EMAIL, email=user.email)


def closing_links(user: User) -> list[tuple[str, str]]:
    """Return a link for every address that may have the account back once it is closed.

    These are the address in force and those it could still be moved back to.

    Returns:
        Pairs of address and link, the earliest owner first.
    """
    rows = db.session.scalars(
        select(Token.email)
        .where(Token.user_id == user.id, Token.purpose == links.UNDO_EMAIL)
        .where(Token.expires_at > clock.now())
        .order_by(Token.id)
    )
    owners = dict.fromkeys(str(email) for email in rows)
    owners.pop(user.email, None)
    return [(email, _closing_link(user, email)) for email in (*owners, user.email)]


def opened(row: Token, token: str) -> dict[str, Any]:
    """Return what a link from `closing_links` knows.

    Raises:
        links.BadLink: it is not the link of this row.
    """
    known: dict[str, Any] = json.loads(links.open_sealed(row, token))
    return known


def restore_address(user: User, email: str | None) -> None:
    """Put an address in force again. The caller commits.

    Raises:
        links.BadLink: there is none.
    """
    if not email:
        raise links.BadLink
    _evict_squatter(user, email)
    user.email, user.email_key = emails.parse(email)


def settle(user: User, row: Token) -> None:
    """End everything that a thief could have, and the links of later. The caller commits."""
    credentials.end(user, After.UNDO)
    links.void_since(user, row)


def _evict_squatter(user: User, email: str) -> None:
    """Remove who has signed up with the address meanwhile and never confirmed it."""
    squatter = people.by_email(email)
    if squatter and squatter.id != user.id and not squatter.is_confirmed:
        removal.remove(squatter)


def _closing_link(user: User, email: str) -> str:
    known = {"email": email, "nickname": user.nickname}
    return links.make(user, links.UNDO_CLOSING, sealed=json.dumps(known))
