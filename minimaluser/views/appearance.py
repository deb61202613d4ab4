"""Light or dark: what the pages look like in this browser."""

from flask import Blueprint, Response, url_for

from minimaluser.forms import AppearanceForm
from minimaluser.lib import appearance, cookies, htmx
from minimaluser.rules import rules
from minimaluser.security.access import EVERYBODY, access
from minimaluser.views.browser import colour_scheme

bp = Blueprint("appearance", __name__)


@bp.get("/appearance")
@access(EVERYBODY)
def edit() -> Response:
    form = AppearanceForm(scheme=colour_scheme() or appearance.SYSTEM)
    return htmx.render("appearance", "appearance_form", form=form)


@bp.post("/appearance")
@access(EVERYBODY)
def update() -> Response:
    form = AppearanceForm()
    if not form.validate():
        return htmx.render("appearance", "appearance_form", 422, form=form)
    message = "Your choice is saved."
    if htmx.wants_part():
        answer = htmx.reload(message, "success")
    else:
        answer = htmx.go(url_for("appearance.edit"), message)
    if form.scheme.data == appearance.SYSTEM:
        return cookies.take(answer, appearance.COOKIE)
    return cookies.give(answer, appearance.COOKIE, form.scheme.data, rules.appearance)
