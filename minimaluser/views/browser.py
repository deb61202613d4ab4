"""The browser of a request: its User-Agent header and its cookies."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, cast

from flask import Response, request, session

from minimaluser import accounts, parts
from minimaluser.lib import appearance, consent, cookies
from minimaluser.rules import rules
from minimaluser.settings import ALWAYS, settings

if TYPE_CHECKING:
    from minimaluser.models import User


KNOWN_BROWSER = "mu_browser"


def user_agent() -> str:
    """Return the beginning of the User-Agent header."""
    return request.headers.get("User-Agent", "")[:400]


def browser_secret() -> str:
    """Return a random secret of this browser, made on first use and kept until the log-in."""
    return cast(str, session.setdefault("browser", secrets.token_hex(16)))


def known_browser() -> str:
    """Return the token that marks a browser as known; empty if there is none."""
    return cookies.get(KNOWN_BROWSER)


def know_browser(answer: Response, user: User) -> Response:
    """Set the cookie that marks the browser as known, once the user has confirmed the address."""
    if not user.is_confirmed or accounts.is_known_browser(user, known_browser()):
        return answer
    token = accounts.make_known_browser(user)
    return cookies.give(answer, KNOWN_BROWSER, token, rules.known_browser)


def cookie_choice() -> consent.Consent:
    """Return what the visitor chose about cookies."""
    value = cookies.get(consent.COOKIE)
    signing = settings.session_secret
    return consent.read(signing, rules.policy_version, value, rules.consent)


def asks_for_choice() -> bool:
    """Tell whether the cookie banner asks those who have not chosen yet."""
    return settings.cookie_banner == ALWAYS or parts.has_optional_cookies()


def colour_scheme() -> str:
    """Return "light" or "dark" as the visitor chose it; empty if it is the system's."""
    return appearance.read(cookies.get(appearance.COOKIE))
