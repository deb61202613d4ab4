"""The tile: drawing another one on the profile, and serving the files."""

from uuid import UUID

from flask import Blueprint, Response, abort, url_for

from minimaluser import accounts
from minimaluser.forms import TileForm
from minimaluser.lib import tiles
from minimaluser.parts import Row
from minimaluser.security.access import EVERYBODY, LOGGED_IN, access
from minimaluser.views.logged_in import me
from minimaluser.views.profile import edit_row, show_row

bp = Blueprint("tile", __name__)
row = Row("tile", TileForm, 10)

INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/profile/tile")
@access(LOGGED_IN)
def edit() -> Response:
    return _offer(TileForm(seed=tiles.new_seed()))


@bp.post("/profile/tile")
@access(LOGGED_IN)
def update() -> Response:
    form = TileForm()
    if not form.attempt(accounts.draw_tile, me(), form.seed.data or ""):
        form.seed.data = tiles.new_seed()
        return _offer(form, 422)
    return show_row("tile", "Your new tile is in place.")


@bp.get("/profile/tile/<seed>.svg")
@access(LOGGED_IN, example={"seed": "0123456789abcdef"}, nobodys="a drawing")
def preview(seed: str) -> Response:
    try:
        return svg(accounts.preview_tile(me(), seed))
    except accounts.Refused:
        abort(404)


@bp.get("/tiles/<uuid:name>.svg")
@access(EVERYBODY, example={"name": UUID(int=0)}, nobodys="tiles are public")
def show(name: UUID) -> Response:
    found = accounts.find_tile(str(name))
    if found is None:
        abort(404)
    return svg(found)


def _offer(form: TileForm, status: int = 200) -> Response:
    address = url_for("tile.preview", seed=form.seed.data)
    return edit_row("tile", form, status, preview_url=address)


def svg(text: str) -> Response:
    """Return a response with a drawing that can neither run scripts nor load anything."""
    answer = Response(text, content_type="image/svg+xml")
    answer.headers["Content-Security-Policy"] = INERT
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer
