"""Browsers in which an owner has logged in: no flood of strangers' requests locks them out."""

from __future__ import annotations

from minimaluser.lib import tokens
from minimaluser.models import User
from minimaluser.rules import rules
from minimaluser.settings import settings

PURPOSE = "known-browser"


def make_known_browser(user: User) -> str:
    """Return the token that a browser keeps after a log-in; it opens nothing by itself."""
    secrets, lifetime = settings.jwt_secret_user, rules.known_browser
    return tokens.issue(secrets, PURPOSE, str(user.id), lifetime, generation=user.generation)[0]


def find(token: str, user: User | None) -> str | None:
    """Return the id of the browser that has the token, if it is one of this user's.

    Tokens from before the address was proved, or before the key changed, are void.
    """
    try:
        claims = tokens.read(settings.jwt_secret_user, PURPOSE, token)
    except tokens.BadToken:
        return None
    if user is None or not user.is_confirmed or claims["sub"] != str(user.id):
        return None
    return str(claims["jti"]) if claims.get("generation") == user.generation else None


def is_known_browser(user: User, token: str) -> bool:
    """Tell whether the user has logged in with the browser that has the token."""
    return find(token, user) is not None
