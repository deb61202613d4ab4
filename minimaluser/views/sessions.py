"""The sessions on the profile: one of the others is ended, or all of them."""

from flask import Blueprint, Response
from flask_login import login_required

from minimaluser import accounts
from minimaluser.views.profile import show_row
from minimaluser.views.visitor import me, recent_key_required

bp = Blueprint("sessions", __name__)


@bp.post("/profile/sessions/<int(max=2147483647):number>")
@login_required
@recent_key_required("sessions")
def destroy(number: int) -> Response:
    accounts.end_other_session(me(), number)
    return _show("That browser is logged out.")


@bp.post("/profile/sessions")
@login_required
@recent_key_required("sessions")
def destroy_others() -> Response:
    accounts.end_other_sessions(me())
    return _show("All other browsers are logged out.")


def _show(message: str) -> Response:
    return show_row("sessions", message, sessions=accounts.list_sessions(me()))
