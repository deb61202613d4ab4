"""Changing the nickname."""

from __future__ import annotations

from sqlalchemy import select

from minimaluser.accounts.refusal import Refused, read
from minimaluser.database import Taken, db, transaction
from minimaluser.lib import namer, nicknames
from minimaluser.lib.nicknames import Nickname
from minimaluser.models import User
from minimaluser.rules import rules
from minimaluser.security import limits
from minimaluser.security.acting import acting

TAKEN = "Somebody has this nickname already. Please choose another one."


def change_nickname(user: User, nickname: str | Nickname) -> None:
    """Change the user's nickname.

    Raises:
        Refused: the nickname is invalid or taken.
        limits.TooMany: it was changed too often.
    """
    name, key = read("nickname", nicknames.parse, nickname, rules.nickname)
    attempt = limits.count("nickname", user)
    try:
        with acting(user):
            user.nickname, user.nickname_key = name, key
    except Taken:
        with transaction():
            limits.give_back(attempt)
        raise Refused("nickname", TAKEN) from None


def check_nickname(user: User, nickname: str | Nickname) -> None:
    """Check beforehand whether the user could have a nickname.

    Raises:
        Refused: the nickname is invalid or taken.
        limits.TooMany: nicknames were checked too often.
    """
    _, key = read("nickname", nicknames.parse, nickname, rules.nickname)
    limits.count("nickname-check", user)
    owner = db.session.scalar(select(User.id).where(User.nickname_key == key))
    if owner not in {None, user.id}:
        raise Refused("nickname", TAKEN)


def keep_or_grant(user: User) -> None:
    """Let a returning user keep the nickname, or grant another one if it is taken by now.

    The caller commits.
    """
    key = nicknames.same(user.nickname)
    taken = select(User.id).where(User.nickname_key == key, User.id != user.id)
    if not user.nickname or db.session.scalar(taken) is not None:
        user.nickname = namer.suggest()
    user.nickname_key = nicknames.same(user.nickname)
