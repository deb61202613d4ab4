"""Who is asking: the state of a request, guards of views, and what the cookie remembers."""

from __future__ import annotations

import secrets
from typing import Any, cast

from flask import Response, g, request, session, url_for
from flask_login import current_user, login_user
from flask_wtf.csrf import generate_csrf

from minimaluser import accounts
from minimaluser.lib import audit, consent, cookies, htmx, tokens
from minimaluser.lib.text import is_inside
from minimaluser.rules import rules
from minimaluser.settings import settings

KNOWN_BROWSER = "mu_browser"


def me() -> Any:
    """Return the logged-in user itself, not Flask's stand-in for it."""
    return current_user._get_current_object()


def loaded() -> Any | None:
    """Return the logged-in user if this request has looked for one."""
    user = g.get("_login_user")
    return user if user is not None and user.is_authenticated else None


def visitor() -> Any | None:
    """Return the logged-in user, None for a guest."""
    return me() if current_user.is_authenticated else None


def user_agent() -> str:
    """Return what the browser says of itself."""
    return request.headers.get("User-Agent", "")[:400]


def browser_secret() -> str:
    """Return a random secret of this browser, made when first needed and kept until the log-in."""
    return cast(str, session.setdefault("browser", secrets.token_hex(16)))


def known_browser() -> str:
    """Return the token that tells the owner's browser from a stranger's; empty if there is none."""
    return cookies.get(KNOWN_BROWSER)


def know_browser(answer: Response, user: Any) -> Response:
    """Have the browser keep the token that tells it from a stranger's, once there is an owner."""
    if not user.is_confirmed or accounts.is_known_browser(user, known_browser()):
        return answer
    token = accounts.make_known_browser(user)
    return cookies.give(answer, KNOWN_BROWSER, token, rules.known_browser)


def remember(user: Any) -> None:
    """Log the user in here; nothing of the guest's cookie is carried over."""
    session.clear()
    login_user(user)
    session.permanent = user.session.keep


def forget(visitor: Any, user: Any) -> None:
    """Log the visitor out here if it is this user, whose sessions have just ended."""
    if visitor.is_authenticated and visitor.id == user.id:
        session.clear()


def renew(user: Any) -> dict[str, str]:
    """Keep the user logged in with a new token, without a new page.

    Returns:
        The headers that bring the page's CSRF token up to date.
    """
    remember(user)
    g.pop("csrf_token", None)
    return {"X-CSRF-Token": generate_csrf()}


def mark(user: Any) -> str:
    """Return what tells a user's pages from another user's and says nothing else about either."""
    return _marks(user)[0]


def is_somebody_else() -> bool:
    """Tell whether htmx sent this from a page of another user than the one logged in by now."""
    page_user = htmx.page_user()
    return bool(page_user and current_user.is_authenticated and page_user not in _marks(me()))


def _marks(user: Any) -> list[str]:
    secrets = settings.session_secret  # a page may be older than the newest one
    return [tokens.keyed_digest(secret, f"mark {user.id}")[:16] for secret in secrets]


def granted(user: Any) -> Response:
    """Answer that what was asked first is given; see `htmx.ask_first`.

    A page of somebody else is loaded anew: what waits there is not this user's.
    """
    headers = renew(user)
    if is_somebody_else():
        return not_yours()
    return htmx.granted(headers)


def not_yours() -> Response:
    """Load a page anew that belongs to another user than the one logged in by now."""
    return htmx.reload("You are somebody else now, so what was typed here before was not sent.")


def next_address(default: str = "") -> str:
    """Return the address inside this site that the visitor was on the way to."""
    wanted = request.values.get("next", "")
    return wanted if is_inside(wanted) else default or url_for("pages.home")


def guests_only() -> Response:
    """Send somebody who is logged in already to the profile."""
    if htmx.is_asking():  # another tab was faster
        return granted(me())
    return htmx.go(url_for("profile.show"))


def confirm_first() -> Response:
    """Tell an UNCONFIRMED user what is missing, where it can be mended."""
    message = "Please confirm your email address first; the link is in our mail."
    return htmx.go(url_for("profile.show"), message, "info")


def ask_for_key(row: str) -> Response:
    """Answer that the access key must be entered first; `row` of the profile is gone back to."""
    audit.leave_out()
    back = url_for("profile.show", _anchor=f"row-{row}")
    return htmx.ask_first(url_for("key_entry.new", next=back))


def choose_first() -> Response:
    """Have the cookie choice made before the page is shown."""
    return htmx.go(url_for("cookies.edit", next=request.full_path.rstrip("?")))


def cookie_choice() -> consent.Consent:
    """Return what the visitor chose about cookies."""
    value = cookies.get(consent.COOKIE)
    signing = settings.session_secret
    return consent.read(signing, rules.policy_version, value, rules.consent)
