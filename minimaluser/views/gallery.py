"""For development only: every part, page and mail in every state, on sample data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup

from minimaluser import album, forms
from minimaluser.lib import clock, tiles
from minimaluser.security.access import EVERYBODY, access
from minimaluser.views import samples
from minimaluser.views.dev import as_mail
from minimaluser.views.errors import WORDS
from minimaluser.views.errors import page as error_page
from minimaluser.views.samples import TOKEN
from minimaluser.views.samples import person as _person

bp = Blueprint("gallery", __name__)

development = partial(access, EVERYBODY, nobodys="only in development")
LINK = "https://example.org/confirm/a-token"
MAILS: dict[str, dict[str, Any]] = {
    "confirmation": {"key": "abcde-fghij-kmnpq-rstuv", "link": LINK},
    "key_reset_code": {"code": "012345", "minutes": 10, "link": LINK},
    "key_reset_done": {},
    "key_changed": {"link": LINK},
    "email_change": {
        "new_email": "ann@new.example",
        "key": "abcde-fghij-kmnpq-rstuv",
        "link": LINK,
    },
    "email_change_notice": {"new_email": "ann@new.example", "link": LINK},
    "email_changed": {"new_email": "ann@new.example", "link": LINK},
    "email_undone": {},
    "email_returned": {},
    "email_taken": {},
    "account_deleted": {"nickname": "brave-otter-482913-teal", "link": LINK},
    "account_restored": {},
    "wrong_keys": {},
    "new_device": {"browser": "Firefox on Linux", "network": "192.0.2.0", "moment": clock.now()},
}


@bp.get("/dev/gallery")
@development()
def index() -> str:
    parts = []
    for number, (name, state, context) in enumerate(_parts()):
        html = samples.apart(render_template(f"partials/{name}.html", **context), number)
        parts.append((name, state, Markup(html)))  # noqa: S704
    pages = [(name, state) for name, state, _ in samples.pages()]
    return render_template(
        "dev_gallery.html", parts=parts, pages=pages, mails=sorted(MAILS), errors=sorted(WORDS)
    )


@bp.get("/dev/gallery/page/<name>/<state>")
@development(example={"name": "login", "state": "refused"})
def page(name: str, state: str) -> str:
    contexts = {(template, its): context for template, its, context in samples.pages()}
    if (name, state) not in contexts:
        abort(404)
    return render_template(f"{name}.html", **contexts[name, state])


@bp.get("/dev/gallery/mail/<name>")
@development(example={"name": "confirmation"})
def mail(name: str) -> Response:
    if name not in MAILS:
        abort(404)
    context = MAILS[name] | {"user": _person()}
    return as_mail(render_template(f"email/{name}/body.html", **context))


@bp.get("/dev/gallery/error/<int:code>")
@development(example={"code": 404})
def error(code: int) -> Response:
    answer = error_page(code)
    answer.status_code = 200
    return answer


@bp.get("/dev/gallery/tiles/<seed>-<colour>.svg")
@development(example={"seed": "0123456789abcdef", "colour": "008080"})
def tile(seed: str, colour: str) -> Response:
    try:
        return Response(tiles.draw(seed, f"#{colour}"), content_type="image/svg+xml")
    except ValueError:
        abort(404)


def _parts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    new, old = _person(is_confirmed=False, key_is_first=True), _person()
    moving = _person(pending_email="ann@new.example")
    yield "confirm_notice", "unconfirmed", {"user": new}
    yield "signup_mail", "as it is", {}
    for noun in ("tile", "nickname", "email", "key"):
        yield noun, "as it is", {"user": old}
    yield "email", "waiting for confirmation", {"user": moving}
    yield "key", "first key", {"user": new}
    yield "key", "off", {"user": _person(key_off_at=clock.now())}
    yield "sessions", "two", {"sessions": samples.sessions(), "user": old}
    yield "events", "two", {"events": samples.events()}
    yield "events", "none", {"events": []}
    yield "first_key_notice", "as it is", {"user": new}
    yield "first_key", "to be replaced", {"user": new, "key": ""}
    yield "first_key", "shown once", {"user": new, "key": "abcde-fghij-kmnpq-rstuv"}
    yield "export", "as it is", {}
    yield "closing", "as it is", {}
    yield "link_about", "to somebody else", {"about": samples.about(), "other": old}
    for form_class, noun, context in _forms():
        yield noun, "empty", {"form": form_class(formdata=None), **context}
        yield noun, "refused", {"form": samples.refused(form_class), **context}
    yield "field_error", "refused", {"field": samples.refused(forms.SignupForm).email}
    for category in ("success", "info", "error"):
        yield "toast", category, {"message": "This is what happened.", "category": category}
    yield "empty_state", "as it is", {"title": "Nothing here yet", "text": "It will come."}
    yield from _around(old)
    pictures = album.on_home()[:2]
    if pictures:
        yield "picture_grid", "two", {"pictures": pictures, "heading": "h2", "eager": 0}
        around = {"previous": None, "following": pictures[-1]}
        yield "photo", "as it is", {"picture": pictures[0], **around}


def _around(user: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in ("navbar", "cookie_banner", "hero", "features", "tile_wall", "token_help"):
        yield name, "as it is", {}
    yield "user_menu", "logged in", {"user": user}
    yield "breadcrumbs", "two", {"trail": [("Home", "/"), ("Profile", None)]}
    yield "page_head", "with a lead", {"title": "A page", "lead": "What one finds on it."}
    yield "footer", "with settings", {"settings": True}
    yield "footer", "on an error page", {"settings": False}
    sent = {"id": "1", "to": user.email, "subject": "Hello", "created_at": "now", "text": "Hello."}
    yield "mail_card", "as it is", {"mail": sent}


def _forms() -> Iterator[tuple[type[forms.Form], str, dict[str, Any]]]:
    user = _person()
    yield forms.SignupForm, "signup_form", {}
    yield forms.LoginForm, "login_form", {}
    yield forms.LoginForm, "login_dialog", {}
    yield forms.ForgotKeyForm, "forgot_key_form", {}
    yield forms.ResetKeyForm, "reset_key_form", {"token": TOKEN}
    link = {"about": samples.about(), "other": None}
    yield forms.NewKeyForm, "new_key_form", link
    for noun in ("confirm", "email_confirm", "email_undo", "closing_undo"):
        yield forms.LinkForm, f"{noun}_form", link
    yield forms.TileForm, "tile_form", {"user": user, "preview_url": samples.preview()}
    yield forms.NicknameForm, "nickname_form", {"user": user}
    yield forms.EmailForm, "email_form", {"user": user}
    yield forms.KeyForm, "key_form", {"user": user}
    yield forms.KeyEntryForm, "key_entry_form", {"user": user}
    yield forms.KeyEntryForm, "key_entry_dialog", {"user": user}
    yield forms.ClosingForm, "closing_form", {"user": user}
    yield forms.CookieForm, "cookie_form", {}
