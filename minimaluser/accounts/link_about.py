"""Looking at a link in a mail without using it, for the page behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from minimaluser.database import db
from minimaluser.models import Token, User, people
from minimaluser.security import link_tokens, links


@dataclass(frozen=True)
class About:
    """What a link is about, for the page behind it.

    Attributes:
        user_id: the user whose account it is.
        nickname: nickname of the account.
        email: the address that the link proves; the link was mailed there only.
        former: if the link moves the account, the address that can undo it; otherwise empty.
        asks_key: the key was chosen elsewhere, and stays in force if it is entered here.
    """

    user_id: int
    nickname: str
    email: str
    former: str = ""
    asks_key: bool = False


def look_at(purpose: str, token: str) -> About:
    """Tell what a link is about, without using it.

    Raises:
        links.BadLink: the link is not valid (any more); it says so if its work is done.
    """
    row = db.session.scalar(select(Token).where(*links.matches(purpose, token)))
    user = db.session.get(User, row.user_id) if row is not None else None
    if row is None or user is None:
        raise links.BadLink(_done(purpose, token))
    if row.sealed:
        known = json.loads(links.open_sealed(row, token))
        return About(user.id, str(known["nickname"]), str(known["email"]))
    former = user.email if purpose == links.CHANGE_EMAIL and user.is_confirmed else ""
    return About(user.id, user.nickname, row.email or user.email, former)


def _done(purpose: str, token: str) -> str:
    """Return the purpose of a link that is gone, if its address is in force and thus proved."""
    claims = link_tokens.read(purpose, token)
    user = people.by_id(claims["sub"])
    if user is None or not user.is_active or not user.is_confirmed:
        return ""
    return purpose if claims.get("to") in link_tokens.marks(user.email) else ""
