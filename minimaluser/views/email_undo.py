"""The link mailed to the old address: it shows a button, the button restores that address."""

from flask import Blueprint, Response, session, url_for

from minimaluser import accounts
from minimaluser.forms import ButtonForm
from minimaluser.lib import htmx
from minimaluser.views.visitor import me

bp = Blueprint("email_undo", __name__)


@bp.get("/email/undo/<token>")
def show(token: str) -> Response:
    accounts.look_at("undo-email", token)
    return htmx.render("email_undo", "email_undo_form", form=ButtonForm(), token=token)


@bp.post("/email/undo/<token>")
def update(token: str) -> Response:
    visitor = me()
    user = accounts.undo_email(token)
    if visitor.is_authenticated and visitor.id == user.id:
        session.clear()
    message = "The change is undone, and everybody is logged out. Please log in."
    return htmx.go(url_for("session.new"), message)
