"""The club: a part that only tests have, so that they need none of the product's.

It has what any part may bring: a page for confirmed people, pages for those who are logged in,
files of which some are public, pictures on the home page and on the one that browsers keep, an
entry in the menu, jobs, and mail that people may stop. It has no tables.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template
from flask_login import current_user
from PIL import Image
from werkzeug.wrappers import Response as AnyResponse

from minimaluser import create_app as create_app  # an app that is made here has the club as a part
from minimaluser import mail
from minimaluser.jobs import hourly, nightly
from minimaluser.lib import clock, htmx
from minimaluser.models import User
from minimaluser.parts import Entry, Part, Slot
from minimaluser.security.access import CONFIRMED, EVERYBODY, LOGGED_IN, access
from minimaluser.security.bulletins import Bulletin
from minimaluser.views.redirects import log_in_first

bp = Blueprint("club", __name__, template_folder="templates")
OURS: dict[str, Any] = {"example": {"number": 3}, "nobodys": "the badges are the club's"}


@dataclass(frozen=True)
class Badge:
    number: int
    colour: str
    is_public: bool

    @property
    def name(self) -> str:
        return f"The {self.colour} badge"


BADGES = (Badge(1, "red", True), Badge(2, "green", True), Badge(3, "blue", False))
FIRST, SECOND, THIRD = (badge.name for badge in BADGES)


def shown() -> dict[str, Any]:
    return {"badges": [badge for badge in BADGES if badge.is_public]}


@bp.get("/club/")
@access(CONFIRMED)
def index() -> str:
    return render_template("club/index.html", badges=BADGES)


@bp.get("/club/<int(max=2147483647):number>")
@access(LOGGED_IN, **OURS)
def show(number: int) -> AnyResponse:
    found = [badge for badge in BADGES if badge.number in {number, number + 1}]
    if not found or found[0].number != number:
        abort(404)
    return htmx.render("club/badge", "club/badge", badge=found[0], following=found[1:])


@bp.get("/club/<int(max=2147483647):number>/badge.png")
@access(EVERYBODY, rest=LOGGED_IN, **OURS)
def file(number: int) -> AnyResponse:
    badge = next((badge for badge in BADGES if badge.number == number), None)
    is_public = badge is not None and badge.is_public
    if not is_public and not current_user.is_authenticated:
        return log_in_first(f"/club/{number}")
    if badge is None:
        abort(404)
    drawn = io.BytesIO()
    Image.new("RGB", (16, 12), badge.colour).save(drawn, "PNG")
    answer = Response(drawn.getvalue(), content_type="image/png")
    scope = "public, max-age=31536000, immutable" if is_public else "private, max-age=86400"
    answer.headers["Cache-Control"] = scope
    return answer


DONE: dict[str, list[datetime]] = {"polish": [], "count": []}  # when each job ran


@hourly
def polish() -> None:
    """Polish the badges."""
    DONE["polish"].append(clock.now())


@nightly
def count() -> None:
    """Count the badges."""
    DONE["count"].append(clock.now())


NEWS = Bulletin("club/news", "News of the club")


def send_news(user: User) -> None:
    """Tell somebody of the newest badge; the caller commits."""
    mail.send_bulletin(NEWS, user, badge=BADGES[-1])


part = Part(
    blueprints=(bp,),
    menu=(Entry("Club", "club.index"),),
    slots={
        "home": Slot("partials/club/badges.html", shown),
        "offline": Slot("partials/club/badges.html", shown),
    },
    jobs=(polish, count),
    bulletins=(NEWS,),
)
