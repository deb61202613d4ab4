"""The link mailed to the old address: it shows a button, the button restores that address."""

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.forms import ButtonForm
from minimaluser.lib import htmx
from minimaluser.views.visitor import forget, me

bp = Blueprint("email_undo", __name__)


@bp.get("/email/undo/<token>")
def show(token: str) -> Response:
    accounts.look_at("undo-email", token)
    return htmx.render("email_undo", "email_undo_form", form=ButtonForm(), token=token)


@bp.post("/email/undo/<token>")
def update(token: str) -> Response:
    visitor = me()
    forget(visitor, accounts.undo_email(token))
    message = "The change is undone, and everybody is logged out."
    return htmx.go(url_for("key_reset.new", after="undo"), message)
