"""Renders every sample of the gallery in each way that it is shown.

A partial is rendered alone, as htmx gets it, and looked at inside a page besides (`frame.py`); a
page as a guest sees it on the first visit, and as somebody who is logged in does; a mail as HTML,
as text and as its subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from flask import Flask, flash, g, render_template, session
from jinja2 import BaseLoader, Environment

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib.templating import App, render_part, render_strictly
from minimaluser.views import errors
from minimaluser.views.dev import gallery, samples
from tools.check_parts import broken
from tools.check_parts.finding import Finding
from tools.check_parts.trace import Rendering, Trace
from tools.check_parts.tree import Tree, read

ROOT = Path(__file__).resolve().parent.parent.parent
PUBLIC, PRIVATE = "/about", "/cookies"  # addresses: one that search engines see, and one of a form
ALONE, GUEST, MEMBER = "alone", "to a guest", "to a member"
MANIFEST = "pwa/manifest.webmanifest"
MAIL_PARTS = ("subject.txt", "body.txt", "body.html")


@dataclass(eq=False)
class State:
    """A template rendered in one state in one way.

    Attributes:
        template: its name.
        state, way: words for people.
        given: the arguments it was given.
        rendering: what came out; `tree`: the same as a tree, if it is HTML.
    """

    template: str
    state: str
    way: str
    given: Mapping[str, Any]
    rendering: Rendering

    def __post_init__(self) -> None:
        self.is_page = self.way in {GUEST, MEMBER}
        self.is_mail = self.template.startswith("email/")
        self.tree: Tree = read(self.rendering.text if self.template.endswith(".html") else "")
        self.ids = {each.get("id") for each in self.tree.elements if each.has("id")}

    def __str__(self) -> str:
        return f"{self.template.removesuffix('.html')}, {self.state}, {self.way}"


class Overlay(BaseLoader):
    """The templates of an app, some of them replaced; errors name their files all the same."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner
        self.instead: dict[str, str] = {}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """Return the text that stands for a template, its file, and whether that still holds."""
        text, file, is_fresh = self._inner.get_source(environment, template)
        instead = self.instead.get(template)
        return (
            instead or text,
            file,
            lambda: self.instead.get(template) == instead and bool(is_fresh and is_fresh()),
        )

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        return self._inner.list_templates()


@dataclass
class Site:
    """A site of its own for looking at templates; `instead` replaces some of them."""

    app: Flask
    overlay: Overlay
    found: list[Finding] = field(default_factory=list)

    def source(self, template: str) -> str:
        """Return the text of a template."""
        return self.overlay.get_source(self.app.jinja_env, template)[0]

    def file(self, template: str) -> str:
        """Return the file of a template as its path in the repository."""
        path = self.overlay.get_source(self.app.jinja_env, template)[1] or template
        return Path(path).resolve().relative_to(ROOT).as_posix()

    def states(self) -> list[State]:
        """Render everything; what cannot be rendered is put into `found`."""
        self.found = []
        with self.app.app_context():
            pages = [*self._pages(), *self._errors()]
            return [*self._partials(), *pages, *self._mails(), *self._manifest()]

    def _partials(self) -> Iterator[State]:
        with self._request(GUEST):
            for sample in self._samples("partials"):
                template = f"partials/{sample.template}.html"
                given = sample.arguments
                yield from self._state(
                    template, sample.state, ALONE, given, partial(render_part, template, **given)
                )

    def _pages(self) -> Iterator[State]:
        with self._request(GUEST):
            samples_of_pages = list(self._samples("pages"))
        for way in (GUEST, MEMBER):
            with self._request(way):
                for sample in samples_of_pages:
                    template, given = f"{sample.template}.html", sample.arguments
                    if way == MEMBER:
                        flash("This is what happened.", "success")
                    yield from self._state(
                        template,
                        sample.state,
                        way,
                        given,
                        partial(render_template, template, **given),
                    )
                    session.pop("_flashes", None)
                    g.pop("flashes", None)

    def _samples(self, kind: str) -> Iterator[Any]:
        """Yield samples; some of them render partials while they are made."""
        for group in gallery.groups_of(kind):
            try:
                yield from group
            except Exception as problem:
                self.found.append(broken.found(self, f"samples of {kind}", problem, {}))

    def _errors(self) -> Iterator[State]:
        with self._request(GUEST):
            for code in errors.WORDS:
                yield from self._state(
                    "error.html",
                    str(code),
                    GUEST,
                    {},
                    partial(_error, code),
                )

    def _mails(self) -> Iterator[State]:
        for name, given in gallery.mails().items():
            folder, _, state = name.partition(":")
            for part in MAIL_PARTS:
                template = f"email/{folder}/{part}"
                yield from self._state(
                    template, state or "as it is", "mailed", given,
                    partial(render_strictly, template, **given),
                )  # fmt: skip

    def _manifest(self) -> Iterator[State]:
        with self._request(GUEST):
            yield from self._state(
                MANIFEST, "as it is", ALONE, {}, partial(render_template, MANIFEST)
            )

    def _state(
        self, template: str, state: str, way: str, given: Mapping[str, Any], render: Any
    ) -> Iterator[State]:
        try:
            html = render()
        except Exception as problem:
            where = f"{template}, {state}, {way}"
            self.found.append(broken.found(self, where, problem, given))
            return
        yield State(template, state, way, given, Rendering(str(html)))

    @contextmanager
    def _request(self, way: str) -> Iterator[None]:
        path = PRIVATE if way == MEMBER else PUBLIC
        with self.app.test_request_context(path):
            if way == MEMBER:
                g._login_user = samples.person(key_is_first=True)
                session["first_key"] = True
            yield


def _error(code: int) -> str:
    return errors.page(code).get_data(as_text=True)


@contextmanager
def site() -> Iterator[Site]:
    """Make a site that nobody can visit, whose templates are traced."""
    with TemporaryDirectory(prefix="parts-") as folder:
        app = cast(App, create_app({"INSTANCE_PATH": folder, "SITE_URL": "http://localhost"}))
        app.jinja_env.add_extension(Trace)
        app.jinja_env.auto_reload = True
        overlay = Overlay(cast(BaseLoader, app.jinja_env.loader))
        app.jinja_env.loader = overlay
        with app.app_context():
            db.create_all()
        yield Site(app, overlay)
        with app.app_context():
            db.engine.dispose()
