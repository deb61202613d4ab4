"""Before and after every view: origin and CSRF, what templates see, headers."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_login import current_user

from minimaluser import accounts, config
from minimaluser.lib import audit, clock, headers, htmx
from minimaluser.views import policy, visitor

SAFE = {"GET", "HEAD", "OPTIONS"}
VARY = "Cookie, HX-Request, HX-Request-Type"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS, LONGEST_FIELD = 20, 4096
TOKEN_PAGES = {
    "confirmation",
    "email_confirmation",
    "email_undo",
    "closing_undo",
    "key_reset",
    "key_reset_link",
}


def register(app: Flask) -> None:
    """Bind the guards to the app."""
    manager = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(accounts.load_user)
    manager.unauthorized_handler(_log_in_first)
    manager.session_protection = None  # the session row decides
    app.before_request(_guard)
    app.after_request(_finish)
    app.context_processor(_context)
    app.add_template_global(app.extensions["assets"].url, "asset")
    app.add_template_global(_tile_url, "tile_url")
    app.add_template_global(visitor.mark, "user_mark")


def _guard() -> Any:
    if not _is_our_host() or not request.query_string.isascii():  # browsers send %80 for a byte
        abort(400)
    if request.routing_exception is not None:
        return None
    if request.method not in SAFE:
        _insist_on_our_form()
    who = policy.of(request.endpoint or "")
    if who is None:
        abort(403)
    if who != policy.EVERYBODY and not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if who == policy.CONFIRMED and not current_user.is_confirmed:
        return visitor.confirm_first()
    return None


def _insist_on_our_form() -> None:
    origin = request.host_url.rstrip("/")
    if not headers.comes_from_here(request, origin):
        audit.note("malicious_csrf", logging.WARNING, reason="another origin")
        abort(403)
    if request.mimetype not in {"", FORM}:
        audit.note("input_validation_fail", logging.WARNING, reason="not a form")
        abort(415)
    current_app.extensions["csrf"].protect()
    fields = [value for name in request.form for value in request.form.getlist(name)]
    is_long = any(len(text) > LONGEST_FIELD for text in (*request.form, *fields))
    if len(fields) > MOST_FIELDS or is_long or _is_cut_off():
        audit.note("input_validation_fail", logging.WARNING, reason="too much")
        abort(413)
    if len(fields) > len(request.form):
        audit.note("input_validation_fail", logging.WARNING, reason="a field twice")
        abort(400)


def _is_cut_off() -> bool:
    """Tell whether a body that does not say its length went on past the limit: Werkzeug cuts it."""
    return request.content_length is None and getattr(request.stream, "is_exhausted", False)


def _is_our_host() -> bool:
    """Tell whether the request is for SITE_URL's host; probes of health may name an address."""
    if not request.host:  # what was sent is no host
        return False
    if current_app.config["APP_ENV"] != "production" or request.blueprint == "health":
        return True
    ours: str | None = urlsplit(str(current_app.config["SITE_URL"])).hostname
    return urlsplit(f"//{request.host}").hostname == ours


def _log_in_first() -> Response:
    audit.note("authz_fail", logging.WARNING, endpoint=request.endpoint)
    if request.method in SAFE:
        return htmx.log_in_first(request.full_path.rstrip("?"))
    page = request.headers.get("HX-Current-URL", "").partition(request.host)[2]
    return htmx.log_in_first(page or request.path)


def _context() -> dict[str, Any]:
    site_url = current_app.config["SITE_URL"]
    return {
        "current_user": current_user,  # a stand-in: an error page must not load the user
        "site_name": config.SITE_NAME,
        "site_url": site_url,
        "contact": current_app.config["CONTACT_EMAIL"],
        "canonical_url": site_url + request.path if request else site_url,
        "consent": visitor.cookie_choice() if request else None,
        "section": request.blueprint if request else None,
        "year": clock.now().year,
        "policy_version": config.POLICY_VERSION,
        "worker_url": None if current_app.config["SW_DISABLED"] else "/sw.js",
    }


def _tile_url(user: Any) -> str:
    bucket = current_app.config["TILES_BUCKET_URL"]
    if bucket and user.tile_svg is None:
        return f"{bucket}/tiles/{user.tile_name}.svg"
    return f"/tiles/{user.tile_name}.svg"


def _finish(answer: Response) -> Response:
    for name, value in current_app.extensions["security_headers"].items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("Vary", VARY)
    if request.blueprint in TOKEN_PAGES:
        answer.headers["Referrer-Policy"] = "no-referrer"
    if request.method in SAFE and answer.status_code < 400:
        _touch()
    return answer


def _touch() -> None:
    user = visitor.loaded()
    if user is not None:
        accounts.touch(user)
