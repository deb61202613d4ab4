"""Bulletins: mail that is not about the account and can be stopped (RFC 8058): a newsletter, say.

A part declares one, lists it in its `Part` and sends it with `mail.send_bulletin`:

    NEWS = Bulletin("club/news", "News of the club")
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from minimaluser.database import db
from minimaluser.lib import tokens
from minimaluser.models import MailStop
from minimaluser.rules import rules
from minimaluser.settings import settings

PURPOSE = "stop-mail"
PATH = "/mail/"


@dataclass(frozen=True)
class Bulletin:
    """A kind of mail that its recipients can stop.

    Args:
        name: `<part>/<noun>`, at most 60 characters: the folder of its templates in
            `templates/email/`. Stopped bulletins are stored by name, so do not rename it.
        title: its title for people; the heading of its row on the profile.
    """

    name: str
    title: str


def token(user_id: int, name: str) -> str:
    """Return a token with which anybody can stop a bulletin for a user, or subscribe again."""
    secrets = settings.jwt_secret_html
    return tokens.issue(secrets, PURPOSE, str(user_id), rules.stop_mail, mail=name)[0]


def read(token: str) -> tuple[int, str]:
    """Return the user id and the name of the bulletin that a token is for.

    Raises:
        tokens.BadToken: the token is not ours or has expired.
    """
    claims = tokens.read(settings.jwt_secret_html, PURPOSE, token)
    return tokens.number(claims["sub"]), str(claims["mail"])


def link(user_id: int, name: str) -> str:
    """Return the address that a mail contains for stopping it."""
    return f"{settings.site_url}{PATH}{token(user_id, name)}"


def stopped(user_id: int) -> set[str]:
    """Return the names of the bulletins that a user has stopped."""
    return {*db.session.scalars(select(MailStop.name).where(MailStop.user_id == user_id))}
