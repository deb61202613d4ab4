"""What happened to the account lately."""

from flask import Blueprint, render_template
from flask_login import login_required

from minimaluser import accounts
from minimaluser.views.visitor import me

bp = Blueprint("events", __name__)


@bp.get("/profile/events")
@login_required
def index() -> str:
    return render_template("events.html", events=accounts.list_events(me()))
