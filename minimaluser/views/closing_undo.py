"""The link in the goodbye mail: it shows a button, the button brings the account back."""

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.forms import ButtonForm
from minimaluser.lib import htmx
from minimaluser.views.visitor import forget, me

bp = Blueprint("closing_undo", __name__)


@bp.get("/closing/undo/<token>")
def show(token: str) -> Response:
    accounts.look_at("undo-closing", token)
    return htmx.render("closing_undo", "closing_undo_form", form=ButtonForm(), token=token)


@bp.post("/closing/undo/<token>")
def update(token: str) -> Response:
    visitor = me()
    forget(visitor, accounts.undo_closing(token))
    message = "Your account is back, and everybody is logged out."
    return htmx.go(url_for("key_reset.new", after="undo"), message)
