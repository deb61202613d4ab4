"""Deleting the account."""

from flask import Blueprint, Response, session, url_for

from minimaluser import accounts
from minimaluser.forms import ClosingForm
from minimaluser.lib import htmx
from minimaluser.lib.text import span
from minimaluser.parts import Row
from minimaluser.rules import rules
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me

bp = Blueprint("closing", __name__)
row = Row("closing", rank=90)


@bp.get("/profile/delete")
@access(LOGGED_IN)
def new() -> Response:
    return htmx.render("closing", "closing_form", user=me(), form=ClosingForm())


@bp.post("/profile/delete")
@access(LOGGED_IN, done="user_deleted", refused="user_deletion_fail")
def create() -> Response:
    form = ClosingForm()
    if not form.attempt(accounts.close_account, me(), form.current_key):
        return htmx.render("closing", "closing_form", 422, user=me(), form=form)
    session.clear()
    undone = f"For {span(rules.undo_closing)} a link in our mail undoes that."
    message = f"Your account is deleted. {undone} Goodbye!"
    return htmx.leave(url_for("pages.home"), message)
