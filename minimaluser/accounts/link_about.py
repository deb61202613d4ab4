"""What a link in a mail is about, for the page behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from minimaluser.database import db
from minimaluser.models import Token, User
from minimaluser.security import links


@dataclass(frozen=True)
class About:
    """What a link is about, for the page behind it.

    Attributes:
        user_id: whose account.
        nickname: of the account.
        email: the address that the link proves; mails with the link went there alone.
        former: the address that can undo it, if the link moves the account; else empty.
    """

    user_id: int
    nickname: str
    email: str
    former: str = ""


def look_at(purpose: str, token: str) -> About:
    """Tell what a link is about, without using it.

    Raises:
        links.BadLink: it is not good (any more).
    """
    row = db.session.scalar(select(Token).where(*links.matches(purpose, token)))
    user = db.session.get(User, row.user_id) if row is not None else None
    if row is None or user is None:
        raise links.BadLink
    if row.sealed:
        known = json.loads(links.open_sealed(row, token))
        return About(user.id, str(known["nickname"]), str(known["email"]))
    former = user.email if purpose == links.CHANGE_EMAIL and user.is_confirmed else ""
    return About(user.id, user.nickname, row.email or user.email, former)
