"""The tokens of links in mails: what they say, and to which address they were mailed."""

from __future__ import annotations

from typing import Any

from minimaluser.lib import emails, tokens
from minimaluser.settings import settings

HELD = "held"


class BadLink(Exception):
    """The link is malformed, not ours, expired or used; the visitor is not told which.

    Attributes:
        why: the purpose of the link, if what it is for has been done; `HELD` if another account
            has its address; otherwise empty.
    """

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


def read(purpose: str, token: str) -> dict[str, Any]:
    """Return the claims of a token; its `sub` is the id of a user.

    Raises:
        BadLink: it is not ours, expired, or for another purpose.
    """
    try:
        claims = tokens.read(settings.jwt_secret_html, purpose, token)
        return {**claims, "sub": tokens.number(claims["sub"])}
    except tokens.BadToken:
        raise BadLink from None


def marks(email: str) -> list[str]:
    """Return what stands for an address in a token, one mark for each valid secret."""
    secrets, key = settings.jwt_secret_html, emails.same(email)
    return [tokens.keyed_digest(secret, f"to {key}")[:16] for secret in secrets]
