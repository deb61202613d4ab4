"""Signing up."""

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.forms import SignupForm
from minimaluser.lib import htmx
from minimaluser.views.visitor import browser_secret, guests_only, remember, user_agent

bp = Blueprint("signup", __name__)


@bp.get("/signup")
@guests_only
def new() -> Response:
    browser_secret()
    return htmx.render("signup", "signup_form", form=SignupForm())


@bp.post("/signup")
@guests_only
def create() -> Response:
    form = SignupForm()
    if not form.attempt(accounts.sign_up, form.email.data, user_agent(), browser_secret()):
        return htmx.render("signup", "signup_form", 422, form=form)
    remember(form.outcome)
    return htmx.go(url_for("profile.show"), "Welcome! We have sent you a mail.")
