"""Looking at a link in a mail without using it, for the page behind it."""

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
        user_id: the user whose account it is.
        nickname: nickname of the account.
        email: the address that the link proves; the link was mailed there only.
        former: if the link moves the account, the address that can undo it; otherwise empty.
    """

    user_id: int
    nickname: str
    email: str
    former: str = ""


def look_at(purpose: str, token: str) -> About:
    """Tell what a link is about, without using it.

    Raises:
        links.BadLink: the link is not valid (any more).
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
