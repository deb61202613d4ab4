"""Signing up."""

from flask import Blueprint, Response, abort, current_app, redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from minimaluser import accounts
from minimaluser.forms import SignupForm
from minimaluser.lib import htmx
from minimaluser.views.tile import svg
from minimaluser.views.visitor import (
    browser_secret,
    guests_only,
    remember,
    user_agent,
)

bp = Blueprint("signup", __name__)

GRANTED = "granted"
MAILED = "Welcome! We have sent you a mail."
NOT_MAILED = "Welcome! We could not send you a mail yet; please have it sent from this page."


@bp.get("/signup")
@guests_only
def new() -> Response:
    browser_secret()
    return htmx.render("signup", "signup_form", form=SignupForm())


@bp.post("/signup")
@guests_only
def create() -> Response:
    form = SignupForm()
    if current_app.config["PRIVATE_SIGNUP"]:
        return _create_privately(form)
    if not form.attempt(accounts.sign_up, form.email.data, user_agent(), browser_secret()):
        return htmx.render("signup", "signup_form", 422, form=form)
    remember(form.outcome)
    message = MAILED if form.outcome.is_mailed else NOT_MAILED
    return htmx.go(url_for("profile.show"), message)


@bp.get("/signup/mail")
@guests_only
def show() -> AnyResponse:
    """With private sign-up: what was granted, and that the rest is in the mail."""
    if GRANTED not in session:
        return redirect(url_for("signup.new"), 303)
    nickname, *_ = session[GRANTED]
    return htmx.render("signup_mail", "signup_mail", nickname=nickname)


@bp.get("/signup/tile.svg")
def tile() -> Response:
    if GRANTED not in session:
        abort(404)
    _, seed, colour = session[GRANTED]
    return svg(accounts.preview_granted(seed, colour))


def _create_privately(form: SignupForm) -> Response:
    if not form.attempt(accounts.sign_up_privately, form.email.data, browser_secret()):
        return htmx.render("signup", "signup_form", 422, form=form)
    session[GRANTED] = list(form.outcome)
    return htmx.go(url_for("signup.show"))
