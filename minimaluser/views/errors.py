"""Error pages; they need neither database nor user."""

from __future__ import annotations

import logging
import math
from urllib.parse import quote

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask.globals import request_ctx
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from minimaluser import accounts
from minimaluser.lib import audit, htmx, logs
from minimaluser.lib.hashing import Busy
from minimaluser.lib.storage import Away as StoreAway
from minimaluser.security import access
from minimaluser.security.bodies import Json
from minimaluser.security.limits import TOO_OFTEN
from minimaluser.views.logged_in import has_ended, is_somebody_else
from minimaluser.views.redirects import ask_for_key, log_in_first, not_yours

WORDS = {
    400: ("That did not work", "Your browser sent something we could not read. Please try again."),
    403: (
        "Not from this page",
        "The page was open for too long. Go back, reload it and try again.",
    ),
    404: ("Nothing here", "This page does not exist, or not any more."),
    405: ("Not this way", "This address cannot be used like that."),
    413: ("Too much at once", "What was sent is too large for us. Please send less."),
    415: ("Not in this form", "What was sent is no form of ours. Please use the page itself."),
    429: ("A little slower, please", f"{TOO_OFTEN} Please try again in a moment."),
    500: ("Our mistake", "Something broke on our side. We have noted it; please try again."),
    503: ("Back in a moment", "We cannot answer just now. Please try again in a few seconds."),
}
TO_PROGRAMS = {  # what is said otherwise to what sends JSON
    400: "The request cannot be read.",
    401: "The secret or the signature is missing or wrong.",
    403: "This is not allowed.",
    404: "There is nothing here, or not any more.",
    413: "The body is too large.",
    415: "The Content-Type must be application/json.",
}
RETRY_SECONDS = "5"
NO_COOKIE = (
    "Your browser sent no cookie, and without one this cannot work."
    " Please allow cookies for this site, then {}."
)
WHY = {  # a link does not work: what it was for is done, or something stands in its way
    "confirm": "Your email is confirmed already.",
    "change-email": "Your new email is confirmed already.",
    "undo-email": "That is undone already. No new access key yet? Then ask for a code.",
    "undo-closing": "Your account is back already. No new access key yet? Then ask for a code.",
    "reset": "Your access key is set already. Please log in with it.",
    "held": "Another account uses its email address now. Delete that one, and the link works.",
}
TOO_WRONG = "The access key was wrong too often, so we have logged you out."
ENDED = "You were logged out of this browser meanwhile, so nothing was changed."


def register(app: Flask) -> None:
    """Register a page for every error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(accounts.BadLink, _bad_link)
    app.register_error_handler(accounts.SessionEnded, _ended)
    app.register_error_handler(accounts.KeyNeeded, _key_needed)
    app.register_error_handler(accounts.TooMany, _too_many)
    app.register_error_handler(Busy, not_now)
    app.register_error_handler(StoreAway, not_now)
    app.register_error_handler(accounts.NotCounted, not_now)


def page(code: int, message: str = "") -> Response:
    """Render the page of an error, with its own message or the usual one; for a program as JSON."""
    title, usual = WORDS.get(code) or WORDS[500 if code >= 500 else 400]
    if request_ctx.url_adapter is None:  # the host is invalid, so a page cannot build addresses
        return Response(message or usual, code, content_type="text/plain; charset=utf-8")
    if _is_for_programs():
        return make_response(jsonify(error=message or TO_PROGRAMS.get(code, usual)), code)
    message = message or usual
    if htmx.is_htmx():
        return make_response(htmx.toast(message, "error"), code)
    html = render_template(
        "error.html", code=code, title=title, message=message, reference=logs.request_id()
    )
    return make_response(html, code)


def _is_for_programs() -> bool:
    """Tell whether the view of the address takes JSON, even if it was asked in another way.

    An address without a view is for programs if all views around it are.
    """
    endpoint, wrong = request.endpoint, request.routing_exception
    if isinstance(wrong, NotFound):
        return access.are_for_programs_around(current_app, request.path)
    if isinstance(wrong, MethodNotAllowed) and wrong.valid_methods and request_ctx.url_adapter:
        try:
            endpoint = request_ctx.url_adapter.match(method=next(iter(wrong.valid_methods)))[0]
        except HTTPException:  # with that method it would be redirected, as `//` is
            return False
    declared = access.of(current_app, endpoint)
    return declared is not None and isinstance(declared.body, Json)


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:  # a redirect of the router
        return error.get_response()  # type: ignore[return-value]
    said = vars(error).get("description", "") if _is_for_programs() else ""  # by `abort`
    answer = page(code, said)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _stale(_error: CSRFError) -> Response:
    """Give a page that was open too long a new token, so that the next try works."""
    if htmx.is_htmx() and is_somebody_else():
        return not_yours()
    audit.note("malicious_csrf", logging.WARNING, reason="no token of this session")
    answer = page(403, "" if request.cookies else NO_COOKIE.format("reload the page"))
    answer.headers["X-CSRF-Token"] = generate_csrf()
    return answer


def _bad_link(error: accounts.BadLink) -> Response:
    audit.note("authn_token_misuse", logging.WARNING)
    if _is_for_programs():
        return page(400)
    if htmx.is_htmx():  # the page of the link says what is wrong; a fragment could not
        return htmx.go(quote(request.path))
    is_opened = not request.view_args  # its token is in a cookie, or was
    if is_opened and not request.cookies:
        return page(400, NO_COOKIE.format("open the link from your mail again"))
    why = error.why
    if is_opened and request.blueprint == "confirmation" and current_user.is_authenticated:
        why = "confirm" if current_user.is_confirmed else ""
    return make_response(render_template("token_error.html", why=WHY.get(why, "")), 400)


def _ended(error: accounts.SessionEnded) -> Response:
    g.pop("_login_user", None)  # the row may be gone
    reason = "wrong keys" if error.wrong_keys else "ended meanwhile"
    audit.note("session_ended", logging.WARNING, reason=reason)
    session.clear()
    flash(TOO_WRONG if error.wrong_keys else ENDED, "error")
    return log_in_first(url_for("profile.show"), in_place=False)


def gone(_error: Exception) -> Response:
    """Answer when a row that the request has loaded was deleted meanwhile: perhaps its user."""
    g.pop("_login_user", None)
    if has_ended():
        return _ended(accounts.SessionEnded())
    return page(404)


def _key_needed(_error: accounts.KeyNeeded) -> Response:
    return ask_for_key(g.get("row", "key"))


def _too_many(refusal: accounts.TooMany) -> Response:
    answer = page(429, str(refusal))
    answer.headers["Retry-After"] = str(max(1, math.ceil(refusal.seconds)))
    return answer


def not_now(error: Exception) -> Response:
    """Answer that a service on which the site depends is not available."""
    is_flood = isinstance(error, Busy | accounts.NotCounted)  # a traceback would say nothing
    current_app.logger.error("not ready: %r", error, exc_info=None if is_flood else error)
    answer = page(503)
    answer.headers["Retry-After"] = RETRY_SECONDS
    return answer
