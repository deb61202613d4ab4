"""Who is logged in in this request, and logging in and out of this browser."""

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
    """Return the logged-in user itself, not Flask's stand-in for it."""
    return cast("User", current_user._get_current_object())


def loaded() -> User | None:
    """Return the logged-in user if this request has looked for one."""
    user = g.get("_login_user")
    return user if user is not None and user.is_authenticated else None


def me_or_none() -> User | None:
    """Return the logged-in user, None for a guest."""
    return me() if current_user.is_authenticated else None


def remember(user: User) -> None:
    """Log the user in here; nothing of the guest's cookie is carried over."""
    session.clear()
    login_user(user)
    session.permanent = bool(user.session and user.session.keep)


def forget(user: User) -> None:
    """Log this user out here, if logged in: all their sessions have just ended."""
    here = me_or_none()
    if here is not None and here.id == user.id:
        session.clear()


def renew(user: User) -> dict[str, str]:
    """Keep the user logged in with a new token, without a new page.

    Returns:
        The headers that bring the page's CSRF token up to date.
    """
    remember(user)
    g.pop("csrf_token", None)
    return {"X-CSRF-Token": generate_csrf()}


def mark(user: User) -> str:
    """Return what tells a user's pages from another user's and says nothing else about either."""
    return _marks(user)[0]


def is_somebody_else() -> bool:
    """Tell whether htmx sent this from a page of another user than the one logged in by now."""
    page_user = htmx.page_user()
    return bool(page_user and current_user.is_authenticated and page_user not in _marks(me()))


def _marks(user: User) -> list[str]:
    secrets = settings.session_secret  # a page may be older than the newest one
    return [tokens.keyed_digest(secret, f"mark {user.id}")[:16] for secret in secrets]
