"""What the browser tells of itself, and what its cookies keep."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, cast

from flask import Response, request, session

from minimaluser import accounts
from minimaluser.lib import consent, cookies
from minimaluser.rules import rules
from minimaluser.settings import settings

if TYPE_CHECKING:
    from minimaluser.models import User


KNOWN_BROWSER = "mu_browser"


def user_agent() -> str:
    """Return what the browser says of itself."""
    return request.headers.get("User-Agent", "")[:400]


def browser_secret() -> str:
    """Return a random secret of this browser, made when first needed and kept until the log-in."""
    return cast(str, session.setdefault("browser", secrets.token_hex(16)))


def known_browser() -> str:
    """Return the token that tells the owner's browser from a stranger's; empty if there is none."""
    return cookies.get(KNOWN_BROWSER)


def know_browser(answer: Response, user: User) -> Response:
    """Have the browser keep the token that tells it from a stranger's, once there is an owner."""
    if not user.is_confirmed or accounts.is_known_browser(user, known_browser()):
        return answer
    token = accounts.make_known_browser(user)
    return cookies.give(answer, KNOWN_BROWSER, token, rules.known_browser)


def cookie_choice() -> consent.Consent:
    """Return what the visitor chose about cookies."""
    value = cookies.get(consent.COOKIE)
    signing = settings.session_secret
    return consent.read(signing, rules.policy_version, value, rules.consent)
