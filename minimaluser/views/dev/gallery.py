"""For development only: every template in every state, each in a document of its own."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    request,
    url_for,
)

from minimaluser.lib import themes as lib_themes
from minimaluser.lib import tiles
from minimaluser.security.access import EVERYBODY, access
from minimaluser.services import services
from minimaluser.settings import THEMES, settings
from minimaluser.views.dev import about, broken, showing, states
from minimaluser.views.dev.beside import Problem
from minimaluser.views.dev.mailbox import MAIL_POLICY
from minimaluser.views.dev.states import HTML, KINDS, State

bp = Blueprint("gallery", __name__)
Found = tuple[list[State], list[Problem]]

development = partial(access, EVERYBODY, nobodys="only in development")
HERE = Path(__file__).parent
WIDTHS = (320, 390, 768, 1024, 1280, 1920)  # pixels
OPTIONS = {  # what the frame may be asked for; the first is the usual
    "scheme": ("system", "light", "dark", "forced"),
    "dir": ("ltr", "rtl"),
    "network": ("online", "slow", "offline"),
}
FILES = {"gallery.js": "text/javascript", "frame.js": "text/javascript", "gallery.css": "text/css"}
FOUND: WeakKeyDictionary[Flask, tuple[object, Found]] = WeakKeyDictionary()  # and of which files
KIND_NAMES = dict(zip(KINDS, ("Pages", "Errors", "Parts", "Mails", "Tiles"), strict=True))


@bp.get("/dev/gallery")
@development()
def index() -> Response:
    found, problems = _every()
    chosen = _chosen(found)
    place = found.index(chosen)
    html = render_template(
        "dev_gallery.html",
        groups=_groups(found),
        left=_left,
        is_found=bool(_left({"": found})),
        count=len(found),
        chosen=chosen,
        about=about.of(chosen, _theme()),
        frame=_frame(chosen),
        options=OPTIONS | {"width": WIDTHS},
        now={name: request.args.get(name, "") for name in ("width", *OPTIONS, "theme", "q")},
        link=_link,
        before=found[place - 1],
        after=found[(place + 1) % len(found)],
        themes=themes(),
        problems=[about.told(each) for each in problems],
    )
    return _framing(Response(html), "frame-src 'self'; frame-ancestors 'self'")


@bp.get("/dev/gallery/states.json")
@development()
def list_states() -> Response:
    return jsonify([_entry(each) for each in _every()[0]])


@bp.get("/dev/gallery/state/<path:name>")
@development(example={"name": "login/refused/guest"})
def show(name: str) -> Response:
    found = next((each for each in _every()[0] if each.id == name), None)
    if found is None:
        abort(404)
    asked = request.args
    try:
        text = showing.document(
            found, asked.get("theme", ""), asked.get("dir", ""), asked.get("network", "")
        )
    except Exception as error:  # whatever a template raises
        return _broken(found, error)
    if found.kind not in {"tile", "mail"}:
        return _framing(Response(text), "frame-ancestors 'self'")
    kind = "image/svg+xml" if found.kind == "tile" else "text/plain; charset=utf-8"
    kind = "text/html; charset=utf-8" if found.way == HTML else kind
    answer = Response(text, content_type=kind)
    answer.headers["Content-Security-Policy"] = f"{MAIL_POLICY}; frame-ancestors 'self'"
    return answer


@bp.get("/dev/gallery/<any('gallery.js', 'frame.js', 'gallery.css'):name>")
@development(example={"name": "frame.js"})
def file(name: str) -> Response:
    return Response((HERE / name).read_bytes(), content_type=f"{FILES[name]}; charset=utf-8")


@bp.get("/dev/gallery/tiles/<seed>-<colour>.svg")
@development(example={"seed": "0123456789abcdef", "colour": "008080"})
def tile(seed: str, colour: str) -> Response:
    try:
        return Response(tiles.draw(seed, f"#{colour}"), content_type="image/svg+xml")
    except ValueError:
        abort(404)


def _broken(state: State, error: Exception) -> Response:
    """Say which line of which file is wrong, and what to write."""
    given: dict[str, Any] = {}
    with suppress(Exception), showing.seen_by(state):  # a sample may be what is broken
        given = state.arguments()
    problem = broken.problem_of(error, given)
    html = render_template("dev_broken.html", problem=problem, file=about.name_of(problem.path))
    return _framing(Response(html, 500), "frame-ancestors 'self'")


def themes() -> list[str]:
    """Return the names of the themes, the usual one first; none if there is no other."""
    others = [name for name in lib_themes.names(THEMES) if name != settings.theme]
    return [settings.theme, *others] if others else []


def _theme() -> str:
    asked = request.args.get("theme", "")
    return asked if asked in lib_themes.names(THEMES) else settings.theme


def _every() -> Found:
    """Return all states and problems; they are looked for anew when a file has changed."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    holders = [it for it in (app, *app.blueprints.values()) if it.template_folder]
    folders = {Path(it.root_path, str(it.template_folder)) for it in holders}
    files = {
        (inside, name): Path(inside, name).stat().st_mtime_ns
        for folder in folders
        for inside, _, names in os.walk(folder)
        for name in names
    }
    if app not in FOUND or FOUND[app][0] != files:
        FOUND[app] = files, states.every()
    return FOUND[app][1]


def _chosen(found: list[State]) -> State:
    """Return the state that the address names, or the first of those of a template it names."""
    wanted = request.args.get("state", "")
    near = (each for each in found if each.id == wanted)
    return next(near, None) or next((it for it in found if it.id.startswith(wanted)), found[0])


def _groups(found: list[State]) -> dict[str, dict[str, list[State]]]:
    groups: dict[str, dict[str, list[State]]] = {}
    for each in found:
        groups.setdefault(KIND_NAMES[each.kind], {}).setdefault(each.noun, []).append(each)
    return groups


def _left(templates: dict[str, list[State]]) -> list[State]:
    """Return the states whose names have every word of the search."""
    words = request.args.get("q", "").lower().split()
    every = [state for states in templates.values() for state in states]
    return [it for it in every if all(word in it.id.replace("-", " ") for word in words)]


def _entry(state: State) -> dict[str, str]:
    address = url_for("gallery.show", name=state.id)
    names = ("id", "kind", "template", "state", "way")
    return {name: getattr(state, name) for name in names} | {"address": address}


def _link(**changes: Any) -> str:
    """Return the address of the gallery as it is, with some changes."""
    now = {**request.args.to_dict(), **changes}
    return url_for("gallery.index", **{name: value for name, value in now.items() if value})


def _frame(state: State) -> str:
    asked = {name: request.args.get(name, "") for name in ("dir", "network", "theme")}
    wanted: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return url_for("gallery.show", name=state.id, **wanted)


def _framing(answer: Response, more: str) -> Response:
    """Let a page hold a frame, or be shown in one, of this site."""
    policy = services().headers["Content-Security-Policy"]
    answer.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", more)
    return answer
