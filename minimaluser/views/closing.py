"""Leaving."""

from flask import Blueprint, Response, session, url_for
from flask_login import login_required

from minimaluser import accounts
from minimaluser.forms import ClosingForm
from minimaluser.lib import htmx
from minimaluser.views.visitor import me

bp = Blueprint("closing", __name__)


@bp.get("/profile/delete")
@login_required
def new() -> Response:
    return htmx.render("closing", "closing_form", user=me(), form=ClosingForm())


@bp.post("/profile/delete")
@login_required
def create() -> Response:
    form = ClosingForm()
    if not form.attempt(accounts.close_account, me(), form.current_key.data):
        return htmx.render("closing", "closing_form", 422, user=me(), form=form)
    session.clear()
    message = "Your account is deleted. For 7 days a link in our mail undoes that. Goodbye!"
    return htmx.leave(url_for("pages.home"), message)
