"""Renders every state of the gallery.

A partial is rendered alone, as htmx gets it; a page as a guest sees it on the first visit, and as
somebody who is logged in does; a mail as HTML, as text and as its subject. What scripts do, such
as opening a menu, is left out: the HTML is that of another state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from flask import Flask, render_template
from jinja2 import BaseLoader, Environment, TemplateNotFound

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib.templating import App
from minimaluser.views.dev import broken, showing
from minimaluser.views.dev.beside import Problem
from minimaluser.views.dev.states import ALONE, GUEST, HTML, MEMBER, TEXT, every
from minimaluser.views.dev.states import State as Said
from tools.check_parts.finding import UNREADABLE, Finding
from tools.check_parts.trace import Rendering, Trace
from tools.check_parts.tree import Tree, read

ROOT = Path(__file__).resolve().parent.parent.parent
MANIFEST = "pwa/manifest.webmanifest"


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
        instead = self.instead.get(template)
        try:
            text, file, is_fresh = self._inner.get_source(environment, template)
        except TemplateNotFound:
            if instead is None:
                raise
            text, file, is_fresh = instead, str(ROOT / "templates" / template), None
        return (
            instead or text,
            file,
            lambda: self.instead.get(template) == instead and bool(is_fresh and is_fresh()),
        )

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        more = {name for name in self.instead if not name.endswith(".css")}
        return sorted({*self._inner.list_templates(), *more})


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
        with self.app.app_context(), self.app.test_request_context():
            said, problems = every()
        self.found = [_told(each) for each in problems]
        with self.app.app_context():
            shown = [each for one in said if not one.is_touched for each in self._shown(one)]
            return [*shown, *self._manifest()]

    def _shown(self, one: Said) -> Iterator[State]:
        given: dict[str, Any] = {}

        def render(template: str) -> str:
            with showing.seen_by(one):
                given.update(one.arguments())
                return showing.alone(one, given, template)

        parts = {HTML: ("subject.txt", "body.html"), TEXT: ("body.txt",)}.get(one.way, ())
        for template in [f"{one.noun}/{part}" for part in parts] or [one.template]:
            yield from self._state(template, one.state, one.way, given, partial(render, template))

    def _manifest(self) -> Iterator[State]:
        with self.app.test_request_context():
            yield from self._state(
                MANIFEST, "as it is", ALONE, {}, partial(render_template, MANIFEST)
            )

    def _state(
        self, template: str, state: str, way: str, given: Mapping[str, Any], render: Any
    ) -> Iterator[State]:
        try:
            html = render()
        except Exception as error:
            where = f"{template}, {state}, {way}"
            self.found.append(_told(broken.problem_of(error, given), where))
            return
        yield State(template, state, way, given, Rendering(str(html)))


def _told(it: Problem, state: str = "") -> Finding:
    file = it.path.resolve().relative_to(ROOT).as_posix()
    return Finding(file, it.line, it.what, it.mend, state, UNREADABLE)


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
