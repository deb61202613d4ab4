"""Mail that is not about the account, such as a newsletter: people may stop it (RFC 8058).

A part declares one, names it in its `Part` and sends it with `mail.send_bulletin`:

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
    """A kind of mail that people may stop.

    Args:
        name: `<part>/<noun>`, at most 60 characters. `templates/email/` has a folder of this name,
            and what people have stopped is stored under it, so it stays as it is.
        title: what people stop, in words: a row of the profile has it as its heading.
    """

    name: str
    title: str


def token(user_id: int, name: str) -> str:
    """Return what lets whoever has it stop a bulletin for a user, and want it again."""
    secrets = settings.jwt_secret_html
    return tokens.issue(secrets, PURPOSE, str(user_id), rules.stop_mail, mail=name)[0]


def read(token: str) -> tuple[int, str]:
    """Return for whom and for which bulletin a token is.

    Raises:
        tokens.BadToken: it is none of ours, or too old.
    """
    claims = tokens.read(settings.jwt_secret_html, PURPOSE, token)
    return tokens.number(claims["sub"]), str(claims["mail"])


def link(user_id: int, name: str) -> str:
    """Return the address that a mail says for it."""
    return f"{settings.site_url}{PATH}{token(user_id, name)}"


def stopped(user_id: int) -> set[str]:
    """Return the names of what a user has stopped."""
    return {*db.session.scalars(select(MailStop.name).where(MailStop.user_id == user_id))}
