"""The access key on the profile."""

from flask import Blueprint, Response

from minimaluser import accounts
from minimaluser.forms import KeyForm
from minimaluser.parts import Row
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.browser import know_browser
from minimaluser.views.logged_in import me, renew
from minimaluser.views.profile import edit_row, show_row

bp = Blueprint("access_key", __name__)
row = Row("key", KeyForm, 40)


@bp.get("/profile/key")
@access(LOGGED_IN)
def edit() -> Response:
    return edit_row("key", KeyForm())


@bp.post("/profile/key")
@access(LOGGED_IN, done="authn_password_change", refused="authn_password_change_fail")
def update() -> Response:
    form = KeyForm()
    if not form.attempt(accounts.change_key, me(), form.current_key, form.new_key):
        return edit_row("key", form, 422)
    headers = renew(me())
    message = "Your access key is changed. Other sessions are logged out."
    answer = show_row("key", message, also="sessions")
    answer.headers.update(headers)
    return know_browser(answer, me())
