"""For development only: every partial, page and mail in every state, with sample data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template
from jinja2 import meta
from markupsafe import Markup

from minimaluser import parts
from minimaluser.lib import clock, tiles
from minimaluser.lib.templating import render_part
from minimaluser.parts import Sample
from minimaluser.security.access import EVERYBODY, access
from minimaluser.services import services
from minimaluser.views.dev import samples
from minimaluser.views.dev.mailbox import as_mail
from minimaluser.views.dev.samples import person as _person
from minimaluser.views.errors import WORDS
from minimaluser.views.errors import page as error_page

bp = Blueprint("gallery", __name__)

development = partial(access, EVERYBODY, nobodys="only in development")
NO_PAGES = {"base", "bare", "error", "dev_gallery", "dev_mailbox"}  # errors have their own list
LINK = "https://example.org/confirm/a-token"
MAILS: dict[str, dict[str, Any]] = {
    "confirmation": {"key": "abcde-fghij-kmnpq-rstuv", "link": LINK, "granted": ""},
    "key_reset_code": {"code": "012345", "link": LINK},
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
    "new_device": {
        "link": LINK,
        "browser": "Firefox on Linux",
        "network": "192.0.2.0",
        "moment": clock.now(),
    },
}
OTHER_STATES = {
    "confirmation:granted": MAILS["confirmation"] | {"granted": samples.NICKNAME},
    "confirmation:again": MAILS["confirmation"] | {"key": ""},
}


@bp.get("/dev/gallery")
@development()
def index() -> str:
    parts = []
    for number, (name, state, context) in enumerate(samples_of("partials")):
        html = samples.apart(render_part(f"partials/{name}.html", **context), number)
        parts.append((name, state, Markup(html)))  # noqa: S704
    pages = [(name, state) for name, state, _ in samples_of("pages")]
    return render_template(
        "dev_gallery.html", parts=parts, pages=pages, mails=sorted(mails()), errors=sorted(WORDS)
    )


@bp.get("/dev/gallery/page/<path:name>/<state>")
@development(example={"name": "login", "state": "refused"})
def page(name: str, state: str) -> str:
    wanted = (each for each in samples_of("pages") if (each.template, each.state) == (name, state))
    found = next(wanted, None)
    if found is None:
        abort(404)
    return render_template(f"{name}.html", **found.arguments)


@bp.get("/dev/gallery/mail/<path:name>")
@development(example={"name": "confirmation"})
def mail(name: str) -> Response:
    given = mails().get(name)
    if given is None:
        abort(404)
    return as_mail(render_template(f"email/{name.partition(':')[0]}/body.html", **given))


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


def mails() -> dict[str, dict[str, Any]]:
    """Return what the templates of each mail are given; behind a colon stands another state."""
    brought = {each.name: {"stop_link": LINK, **each.sample()} for each in parts.bulletins()}
    usual = {"user": _person(), "stop_link": ""}
    return {name: usual | given for name, given in (MAILS | OTHER_STATES | brought).items()}


def samples_of(kind: str) -> Iterator[Sample]:
    """Yield all samples: of "partials" or of "pages"."""
    for group in groups_of(kind):
        yield from group


def groups_of(kind: str) -> Iterator[Iterator[Sample]]:
    """Yield the samples of each part, so that one that is broken does not hide those of others."""
    for part in services().parts:
        yield getattr(part, kind)()
    if kind == "pages":
        yield (Sample(name, "as-it-is", {}) for name in _pages_that_need_nothing())


def _pages_that_need_nothing() -> Iterator[str]:
    """Yield the pages to which their views hand nothing, so they need no sample."""
    environment, given = current_app.jinja_env, dict[str, Any]()
    current_app.update_template_context(given)
    for path in environment.list_templates(["html"]):
        name, folder = path.removesuffix(".html"), path.rpartition("/")[0]
        if name not in NO_PAGES and folder in {"", *parts.names()}:
            parsed = environment.parse(environment.loader.get_source(environment, path)[0])  # type: ignore[union-attr]
            if meta.find_undeclared_variables(parsed) <= environment.globals.keys() | given.keys():
                yield name
