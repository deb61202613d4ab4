"""Checks before every view: host, origin, body and what `@access` declares. Headers after it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_login import current_user

from minimaluser import accounts, parts
from minimaluser.lib import audit
from minimaluser.security import access
from minimaluser.security.bodies import Json
from minimaluser.settings import settings
from minimaluser.views import redirects
from minimaluser.views.browser import cookie_choice
from minimaluser.views.logged_in import loaded, me

SAFE = {"GET", "HEAD", "OPTIONS"}
VARY = "Cookie, HX-Request, HX-Request-Type"


def register(app: Flask) -> None:
    """Register the guards with the app."""
    manager = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(accounts.load_user)
    manager.unauthorized_handler(_log_in_first)
    manager.session_protection = None  # the session row decides
    app.before_request(_guard)
    app.after_request(_finish)


def _guard() -> Any:
    if not _is_our_host() or not request.query_string.isascii():  # browsers percent-encode these
        abort(400)
    if request.routing_exception is not None:
        return None
    declared = access.of(current_app, request.endpoint)
    if declared is None:
        abort(403)
    if request.method not in SAFE:
        declared.body.admit()
    elif isinstance(declared.body, Json) and request.method != "OPTIONS":
        declared.body.let_in()
    return _check_visitor(declared) or _check_prerequisites(declared)


def _check_visitor(declared: access.Access) -> Response | None:
    """Redirect a visitor who may not use the address."""
    if declared.who is access.EVERYBODY:
        return None
    if declared.who is access.GUESTS:
        return redirects.guests_only() if current_user.is_authenticated else None
    if not current_user.is_authenticated:
        return _log_in_first()
    if declared.who is access.CONFIRMED and not access.is_let_in(current_user):
        return redirects.confirm_first()
    if declared.only is not None and not declared.only(me()):
        audit.note("authz_fail", logging.WARNING, endpoint=request.endpoint)
        abort(404)
    return None


def _check_prerequisites(declared: access.Access) -> Response | None:
    """Ask for what must be done first: making the cookie choice, entering the access key again."""
    if declared.choice and parts.has_optional_cookies() and not cookie_choice().made:
        return redirects.choose_first()
    if declared.recent_key:
        g.row = declared.recent_key
        if accounts.is_recent_key_needed(me()):
            return redirects.ask_for_key(declared.recent_key)
    return None


def _is_our_host() -> bool:
    """Tell whether the request is for SITE_URL's host; health checks may use any other."""
    if not request.host:  # the header was not a valid host
        return False
    if not settings.in_production or request.blueprint == "health":
        return True
    ours: str | None = urlsplit(settings.site_url).hostname
    return urlsplit(f"//{request.host}").hostname == ours


def _log_in_first() -> Response:
    audit.note("authz_fail", logging.WARNING, endpoint=request.endpoint)
    if request.method in SAFE:
        return redirects.log_in_first(request.full_path.rstrip("?"))
    page = request.headers.get("HX-Current-URL", "").partition(request.host)[2]
    return redirects.log_in_first(page or request.path)


def _finish(answer: Response) -> Response:
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("Vary", VARY)
    declared = access.of(current_app, request.endpoint)
    if declared and declared.secret:
        answer.headers["Referrer-Policy"] = "no-referrer"
    if request.method in SAFE and answer.status_code < 400:
        _touch()
    return answer


def _touch() -> None:
    user = loaded()
    if user is not None:
        accounts.touch(user)
