"""The album: the list, a picture, and the files in their sizes."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from minimaluser.album import images, pictures
from minimaluser.lib import htmx
from minimaluser.security.access import CONFIRMED, EVERYBODY, LOGGED_IN, access, is_let_in
from minimaluser.views.redirects import log_in_first

bp = Blueprint("album", __name__)

LARGEST_THUMBNAIL = 960
A_YEAR, A_DAY = 31_536_000, 86_400
EXAMPLE = {"photo_id": 1, "slug": "tuesday-in-the-box"}
OURS = "the pictures are the site's own"


def on_home() -> dict[str, Any]:
    """Return what the sections on the home page and on the offline page show."""
    return {"pictures": pictures.on_home()}


@bp.get("/album/")
@access(CONFIRMED)
def index() -> str:
    return render_template("album/index.html", pictures=pictures.on_air())


@bp.get("/album/<int(max=2147483647):photo_id>-<slug>")
@access(LOGGED_IN, choice=True, example=EXAMPLE, nobodys=OURS)
def show(photo_id: int, slug: str) -> AnyResponse:
    picture, previous, following = pictures.find(photo_id)
    if picture is None:
        abort(404)
    if slug != picture.slug:
        return redirect(picture.address, 301)
    if not is_let_in(current_user):  # the album is no way around its own door
        previous = following = None
    return htmx.render(
        "album/photo", "album/photo", picture=picture, previous=previous, following=following
    )


@bp.get("/album/<int(max=2147483647):photo_id>-<slug>/<int:width>.<suffix>")
@access(
    EVERYBODY, rest=LOGGED_IN, example={**EXAMPLE, "width": 1600, "suffix": "jpg"}, nobodys=OURS
)
def file(photo_id: int, slug: str, width: int, suffix: str) -> AnyResponse:
    found = pictures.file_of(photo_id, width, suffix)
    is_public = found is not None and found[0].is_on_home and width <= LARGEST_THUMBNAIL
    if not is_public and not current_user.is_authenticated:  # whether or not there is one
        return log_in_first(url_for(".show", photo_id=photo_id, slug=slug))
    if found is None:
        abort(404)
    _, content = found
    answer = Response(content, content_type=images.FORMATS[suffix][1])
    answer.headers["Cache-Control"] = (
        f"public, max-age={A_YEAR}, immutable" if is_public else f"private, max-age={A_DAY}"
    )
    return answer
