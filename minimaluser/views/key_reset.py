"""A forgotten key: ask for a code, then set a new key with it."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.forms import ForgotKeyForm, ResetKeyForm
from minimaluser.lib import htmx
from minimaluser.security.access import EVERYBODY, access
from minimaluser.views.browser import browser_secret, know_browser, known_browser
from minimaluser.views.logged_in import me

bp = Blueprint("key_reset", __name__)

flow = partial(
    access,
    EVERYBODY,
    secret=True,
    example={"token": "x"},
    nobodys="it works only in the browser that asked",
)


@bp.get("/forgot-key")
@access(EVERYBODY, indexed=True)
def new() -> Response:
    browser_secret()
    known = me().email if me().is_authenticated else None
    return htmx.render("forgot_key", "forgot_key_form", form=ForgotKeyForm(email=known))


@bp.post("/forgot-key")
@access(EVERYBODY, done="authn_reset_asked")
def create() -> Response:
    form = ForgotKeyForm()
    visitor = me() if me().is_authenticated else None
    entered = (form.email, browser_secret(), known_browser(), visitor)
    if not form.attempt(accounts.request_code, *entered):
        return htmx.render("forgot_key", "forgot_key_form", 422, form=form)
    message = "If we know this address, a mail with a code is on its way."
    return htmx.go(url_for("key_reset.edit", token=form.outcome), message, "info")


@bp.get("/reset-key/<token>", strict_slashes=False)
@flow()
def edit(token: str) -> Response:
    accounts.look_at_flow(token)
    return htmx.render("reset_key", "reset_key_form", form=ResetKeyForm(), token=token)


@bp.post("/reset-key/<token>")
@flow(done="authn_password_reset", refused="authn_password_reset_fail")
def update(token: str) -> Response:
    form = ResetKeyForm()
    entered = (token, browser_secret(), form.code, form.new_key, known_browser())
    if not form.attempt(accounts.reset_key, *entered):
        return htmx.render("reset_key", "reset_key_form", 422, form=form, token=token)
    return done(form.outcome)


def done(user: Any) -> Response:
    """Send the user to the log-in, where no flood of strangers locks out this browser (RL3)."""
    answer = htmx.go(url_for("login.new"), "Your access key is set. Please log in with it.")
    return know_browser(answer, user)
