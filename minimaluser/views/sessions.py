"""The sessions on the profile: ending one of the others, or all of them."""

from typing import Any

from flask import Blueprint, Response

from minimaluser import accounts
from minimaluser.parts import Row
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me
from minimaluser.views.profile import show_row

bp = Blueprint("sessions", __name__)


def _listed(user: Any) -> dict[str, Any]:
    return {"sessions": accounts.list_sessions(user)}


row = Row("sessions", rank=70, arguments=_listed)


@bp.post("/profile/sessions/<int(max=2147483647):number>")
@access(LOGGED_IN, recent_key="sessions", example={"number": 1}, done="session_revoked")
def destroy(number: int) -> Response:
    accounts.end_other_session(me(), number)
    return _show("That browser is logged out.")


@bp.post("/profile/sessions")
@access(LOGGED_IN, recent_key="sessions", done="sessions_revoked")
def destroy_others() -> Response:
    accounts.end_other_sessions(me())
    return _show("All other browsers are logged out.")


def _show(message: str) -> Response:
    return show_row("sessions", message, **_listed(me()))
