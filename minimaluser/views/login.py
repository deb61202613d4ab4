"""Logging in and out."""

from flask import Blueprint, Response, session, url_for
from flask_login import logout_user

from minimaluser import accounts
from minimaluser.forms import LoginForm
from minimaluser.lib import htmx
from minimaluser.security.access import EVERYBODY, GUESTS, access
from minimaluser.views.browser import know_browser, known_browser, user_agent
from minimaluser.views.logged_in import has_ended, me, remember
from minimaluser.views.redirects import granted, next_address, way_back

bp = Blueprint("login", __name__)


@bp.get("/login")
@access(GUESTS, indexed=True)
def new() -> Response:
    part = "login_dialog" if htmx.is_asking() else "login_form"
    return _show(LoginForm(next=next_address()), part)


@bp.post("/login")
@access(GUESTS, done="authn_login_success", refused="authn_login_fail")
def create() -> Response:
    form = LoginForm()
    entered = (form.email, form.key, form.keep)
    if not form.attempt(accounts.log_in, *entered, user_agent(), known_browser()):
        return _show(form, "login_form", 422)
    if htmx.is_asking():
        return know_browser(granted(form.outcome), form.outcome)
    remember(form.outcome)
    session["first_key"] = form.outcome.key_is_first  # base.html asks to replace it
    answer = htmx.go(next_address(), f"Welcome back, {form.outcome.nickname}.")
    return know_browser(answer, form.outcome)


def _show(form: LoginForm, part: str, status: int = 200) -> Response:
    """Render the form; its page says why somebody was sent there, and keeps the way back."""
    around = {"back": way_back(), "is_ended": has_ended()}
    return htmx.render("login", part, status, around=around, form=form)


@bp.post("/logout")
@access(EVERYBODY, done="authn_logout")
def destroy() -> Response:
    if me().is_authenticated:
        accounts.end_session(me())
    logout_user()
    session.clear()
    return htmx.leave(url_for("pages.home"), "You are logged out.")
