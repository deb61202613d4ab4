"""The cookie choice."""

from flask import Blueprint, Response, url_for

from minimaluser.forms import CookieForm
from minimaluser.lib import consent, cookies, htmx
from minimaluser.rules import rules
from minimaluser.security.access import EVERYBODY, access
from minimaluser.settings import settings
from minimaluser.views.browser import cookie_choice
from minimaluser.views.redirects import next_address

bp = Blueprint("cookies", __name__)


@bp.get("/cookies")
@access(EVERYBODY, indexed=True)
def edit() -> Response:
    form = CookieForm(analysis=cookie_choice().analysis, next=next_address())
    return htmx.render("cookies", "cookie_form", form=form)


@bp.post("/cookies")
@access(EVERYBODY)
def update() -> Response:
    form = CookieForm()
    if not form.validate():
        return htmx.render("cookies", "cookie_form", 422, form=form)
    message = "Thank you. Your cookie choice is saved."
    if htmx.wants_part():
        answer = Response(htmx.toast(message))
    else:
        answer = htmx.go(next_address(url_for("pages.home")), message)
    signing = settings.session_secret
    choice = consent.write(signing, rules.policy_version, bool(form.analysis.data))
    return cookies.give(answer, consent.COOKIE, choice, rules.consent)
