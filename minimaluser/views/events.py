"""The latest events of the account."""

from flask import Blueprint, render_template

from minimaluser import accounts
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me

bp = Blueprint("events", __name__)


@bp.get("/profile/events")
@access(LOGGED_IN)
def index() -> str:
    return render_template("events.html", events=accounts.list_events(me()))
