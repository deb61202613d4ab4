"""Replacing the first key, which came by mail, with one that is shown once."""

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.lib import audit, htmx
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.browser import know_browser
from minimaluser.views.logged_in import me, renew

bp = Blueprint("first_key", __name__)


@bp.get("/profile/first-key")
@access(LOGGED_IN)
def show() -> Response:
    return htmx.render("first_key", "first_key", user=me(), key="")


@bp.post("/profile/first-key")
@access(LOGGED_IN, recent_key="key", done="authn_first_key_replaced")
def update() -> Response:
    key = accounts.replace_first_key(me())
    if not key:
        audit.leave_out()
        return htmx.go(url_for("first_key.show"))  # which says why there is none to be seen
    headers = renew(me())
    answer = htmx.render("first_key", "first_key", user=me(), key=key)
    answer.headers.update(headers)
    return know_browser(answer, me())
