"""For development only: every part, page and mail in every state, on sample data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, abort, render_template, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from minimaluser import album, forms
from minimaluser.lib import clock, namer, tiles
from minimaluser.views.dev import as_mail
from minimaluser.views.errors import WORDS, page

bp = Blueprint("gallery", __name__)

SEED = "0123456789abcdef"
TOKEN = "a-token"
LINK = "https://example.org/confirm/a-token"
MAILS: dict[str, dict[str, Any]] = {
    "confirmation": {"key": "abcde-fghij-kmnpq-rstuv", "link": LINK},
    "key_reset_code": {"code": "012345", "minutes": 10},
    "key_reset_done": {},
    "key_changed": {},
    "email_change": {
        "new_email": "ann@new.example",
        "key": "abcde-fghij-kmnpq-rstuv",
        "link": LINK,
    },
    "email_change_notice": {"new_email": "ann@new.example", "link": LINK},
    "email_changed": {"new_email": "ann@new.example", "link": LINK},
    "email_undone": {},
    "email_taken": {},
    "account_deleted": {"nickname": "brave-otter-482913-teal"},
}


@bp.get("/dev/gallery")
def index() -> str:
    parts = [
        (name, state, Markup(render_template(f"partials/{name}.html", **context)))  # noqa: S704
        for name, state, context in _parts()
    ]
    return render_template(
        "dev_gallery.html", parts=parts, mails=sorted(MAILS), errors=sorted(WORDS)
    )


@bp.get("/dev/gallery/mail/<name>")
def mail(name: str) -> Response:
    if name not in MAILS:
        abort(404)
    context = MAILS[name] | {"user": _person()}
    return as_mail(render_template(f"email/{name}/body.html", **context))


@bp.get("/dev/gallery/error/<int:code>")
def error(code: int) -> Response:
    answer = page(code)
    answer.status_code = 200
    return answer


@bp.get("/dev/gallery/tiles/<seed>-<colour>.svg")
def tile(seed: str, colour: str) -> Response:
    return Response(tiles.draw(seed, f"#{colour}"), content_type="image/svg+xml")


def _parts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    new, old = _person(is_confirmed=False, key_is_first=True), _person()
    moving = _person(pending_email="ann@new.example")
    sessions = [
        SimpleNamespace(id=n, browser="Firefox on Linux", created_at=clock.now()) for n in (1, 2)
    ]
    yield "confirm_notice", "unconfirmed", {"user": new}
    for noun in ("tile", "nickname", "email", "key"):
        yield noun, "as it is", {"user": old}
    yield "email", "waiting for confirmation", {"user": moving}
    yield "key", "first key", {"user": new}
    yield "sessions", "two", {"sessions": sessions, "user": old}
    yield "closing", "as it is", {}
    for form_class, noun, context in _forms():
        yield noun, "empty", {"form": form_class(formdata=None), **context}
        yield noun, "refused", {"form": _refused(form_class), **context}
    for category in ("success", "info", "error"):
        yield "toast", category, {"message": "This is what happened.", "category": category}
    yield "empty_state", "as it is", {"title": "Nothing here yet", "text": "It will come."}
    pictures = album.on_home()[:2]
    if pictures:
        yield "picture_card", "as it is", {"picture": pictures[0], "heading": "h3", "eager": False}
        around = {"previous": None, "following": pictures[-1]}
        yield "photo", "as it is", {"picture": pictures[0], **around}


def _forms() -> Iterator[tuple[type[forms.Form], str, dict[str, Any]]]:
    user = _person()
    preview = url_for("gallery.tile", seed=SEED, colour=user.tile_colour[1:])
    yield forms.SignupForm, "signup_form", {}
    yield forms.LoginForm, "login_form", {}
    yield forms.ForgotKeyForm, "forgot_key_form", {}
    yield forms.ResetKeyForm, "reset_key_form", {"token": TOKEN}
    yield forms.ButtonForm, "confirm_form", {"token": TOKEN}
    yield forms.ButtonForm, "email_confirm_form", {"token": TOKEN}
    yield forms.ButtonForm, "email_undo_form", {"token": TOKEN}
    yield forms.TileForm, "tile_form", {"user": user, "preview_url": preview}
    yield forms.NicknameForm, "nickname_form", {"user": user}
    yield forms.EmailForm, "email_form", {"user": user}
    yield forms.KeyForm, "key_form", {"user": user}
    yield forms.ClosingForm, "closing_form", {"user": user}
    yield forms.CookieForm, "cookie_form", {}


def _refused(form_class: type[forms.Form]) -> forms.Form:
    form = form_class(formdata=MultiDict({"email": "ann@", "nickname": "Ann", "code": "12"}))
    form.validate()
    return form


def _person(**changes: Any) -> Any:
    nickname = "brave-otter-482913-teal"
    colour = namer.colour_of(nickname) or "#008080"
    moment = clock.now()
    sample = {
        "id": 0,
        "email": "ann@example.org",
        "nickname": nickname,
        "pending_email": None,
        "is_confirmed": True,
        "is_authenticated": True,
        "key_is_first": False,
        "key_expires_at": moment + timedelta(days=7),
        "tile_colour": colour,
        "tile_name": "none",
        "tile_svg": "",
        "created_at": moment,
        "session": SimpleNamespace(id=1),
    }
    return SimpleNamespace(**sample | changes)
