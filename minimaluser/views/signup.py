"""Signing up."""

from flask import Blueprint, Response, redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field

from minimaluser import accounts
from minimaluser.forms import SignupForm, SignupKeyForm
from minimaluser.lib import htmx
from minimaluser.security.access import GUESTS, access
from minimaluser.settings import GRANTED, settings
from minimaluser.views.browser import browser_secret, user_agent
from minimaluser.views.logged_in import remember
from minimaluser.views.redirects import next_address, way_back

bp = Blueprint("signup", __name__)

MAILED = "mailed"  # in the cookie: a private sign-up was done
SENT = "Welcome! We have sent you a mail."
NOT_SENT = "Welcome! We could not send you a mail yet; please have it sent from this page."


@bp.get("/signup")
@access(GUESTS, indexed=True)
def new() -> Response:
    browser_secret()
    return _show(_form(next=way_back()))


@bp.post("/signup")
@access(GUESTS, done="user_created", refused="user_creation_fail")
def create() -> Response:
    form = _form()
    if settings.private_signup:
        return _create_privately(form)
    entered = (form.email, user_agent(), browser_secret(), _own_key(form))
    if not form.attempt(accounts.sign_up, *entered):
        return _show(form, 422)
    remember(form.outcome)
    if not accounts.is_link_on_its_way(form.outcome):
        return htmx.go(url_for("profile.show"), NOT_SENT)
    return htmx.go(next_address(url_for("profile.show")), SENT)


@bp.get("/signup/mail")
@access(GUESTS)
def show() -> AnyResponse:
    """Say, after a private sign-up, that everything is in the mail."""
    if MAILED not in session:
        return redirect(url_for("signup.new"), 303)
    return htmx.render("signup_mail", "signup_mail", has_key=settings.signup_key == GRANTED)


def _form(**given: str) -> SignupForm:
    return (SignupForm if settings.signup_key == GRANTED else SignupKeyForm)(**given)


def _show(form: SignupForm, status: int = 200) -> Response:
    return htmx.render("signup", "signup_form", status, around={"back": way_back()}, form=form)


def _own_key(form: SignupForm) -> Field | None:
    """Return the field with a key of the visitor's choice, if the form has one."""
    return form["new_key"] if isinstance(form, SignupKeyForm) else None


def _create_privately(form: SignupForm) -> Response:
    entered = (form.email, browser_secret(), _own_key(form))
    if not form.attempt(accounts.sign_up_privately, *entered):
        return _show(form, 422)
    session[MAILED] = True  # but nothing granted: others could check if the nickname is in use
    return htmx.go(url_for("signup.show"))
