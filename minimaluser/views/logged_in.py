"""The user who is logged in in this request, and logging in and out in this browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import g, session
from flask_login import current_user, login_user
from flask_wtf.csrf import generate_csrf

from minimaluser.lib import htmx, tokens
from minimaluser.settings import settings

if TYPE_CHECKING:
    from minimaluser.models import User


def me() -> User:
    """Return the logged-in user itself, not Flask-Login's proxy."""
    return cast("User", current_user._get_current_object())


def loaded() -> User | None:
    """Return the logged-in user if this request has looked for one."""
    user = g.get("_login_user")
    return user if user is not None and user.is_authenticated else None


def me_or_none() -> User | None:
    """Return the logged-in user, None for a guest."""
    return me() if current_user.is_authenticated else None


def has_ended() -> bool:
    """Tell whether somebody was logged in in this browser, and the session has ended since."""
    return bool(session.get("_user_id")) and not current_user.is_authenticated


def remember(user: User) -> None:
    """Log the user in here; nothing from the guest's session cookie is kept."""
    session.clear()
    login_user(user)
    session.permanent = bool(user.session and user.session.keep)


def forget(user: User) -> None:
    """Log this user out here, if logged in, because all their sessions have just ended."""
    here = me_or_none()
    if here is not None and here.id == user.id:
        session.clear()


def renew(user: User) -> dict[str, str]:
    """Keep the user logged in with a new token, on the same page.

    Returns:
        The headers with the page's new CSRF token.
    """
    remember(user)
    g.pop("csrf_token", None)
    return {"X-CSRF-Token": generate_csrf()}


def mark(user: User) -> str:
    """Return a mark that tells a user's pages from other users' and reveals nothing else."""
    return _marks(user)[0]


def is_somebody_else() -> bool:
    """Tell whether htmx sent this from the page of a user other than the one logged in now."""
    page_user = htmx.page_user()
    return bool(page_user and current_user.is_authenticated and page_user not in _marks(me()))


def _marks(user: User) -> list[str]:
    secrets = settings.session_secret  # a page may be older than the newest secret
    return [tokens.keyed_digest(secret, f"mark {user.id}")[:16] for secret in secrets]
