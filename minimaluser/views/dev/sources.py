"""What the sources of templates and views say about each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from flask import current_app
from jinja2 import BaseLoader

from minimaluser import parts
from minimaluser.parts import Row
from minimaluser.security.access import Address, addresses
from minimaluser.views.dev import named

VIEWS = Path(__file__).resolve().parent.parent
EXTENDS = re.compile(r"{%-? extends ['\"]([^'\"]+)['\"]")
DESCRIPTION = re.compile(r"{% block description -?%}\s*(.*?)\s*{%-? endblock", re.DOTALL)
COMMENT = re.compile(r"{# (.*?)\.? (?:Given: .*)?-?#}")
VERBS = ("new", "show", "edit", "index")


def path_of(template: str) -> Path:
    """Return the file of a template."""
    environment = current_app.jinja_env
    loader: BaseLoader = environment.loader  # type: ignore[assignment]
    return Path(loader.get_source(environment, template)[1] or template)


def layouts(templates: Iterable[str]) -> set[str]:
    """Return the templates that others extend."""
    found = (EXTENDS.search(named.source(name)) for name in templates if name.endswith(".html"))
    return {it[1] for it in found if it}


def described(template: str) -> str:
    """Return what a page says about itself to search engines, or a drawing in its first line."""
    text = named.source(template)
    found = COMMENT.match(text) if template.startswith("tiles/") else DESCRIPTION.search(text)
    return " ".join(found[1].split()) if found and "{" not in found[1] else ""


def address(template: str, said: str) -> Address | None:
    """Return the address of the view that shows a page, None if it cannot be told.

    Raises:
        LookupError: there is no view of the name that the file beside the page says.
    """
    noun = template.removesuffix(".html").replace("/", ".")
    likely = {f"{noun}.{verb}" for verb in VERBS} | {f"pages.{noun}", noun}
    wanted = {said} if said else likely
    found = [it for it in _shown() if it.endpoint in wanted]
    if said and not found:
        raise LookupError(said)
    return found[0] if found else None


def endpoints() -> set[str]:
    """Return the names of all views that answer with something to see."""
    return {each.endpoint for each in _shown()}


def _shown() -> list[Address]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return [each for each in addresses(app) if "GET" in each.methods]


def standing(partial: str) -> list[str]:
    """Return the templates and the modules that show a partial, as paths under their folders."""
    word = re.compile(rf"['\"](?:partials/)?{re.escape(partial)}(?:\.html)?['\"]")
    mentions = f"partials/{partial}.html"
    names = current_app.jinja_env.list_templates(["html", "txt"])
    found = [name for name in names if mentions in named.source(name)]
    folders = [VIEWS, *(VIEWS.parent / name for name in parts.names() if name != VIEWS.name)]
    modules = [each for folder in folders for each in sorted(folder.glob("[a-z]*.py"))]
    root = VIEWS.parent.parent
    return found + [
        each.relative_to(root).as_posix() for each in modules if word.search(each.read_text())
    ]


def html() -> list[str]:
    """Return the names of all templates in HTML."""
    return current_app.jinja_env.list_templates(["html"])


def row_of(template: str) -> Row | None:
    """Return the row of the profile that a partial shows, or the form of."""
    noun = template.removeprefix("partials/").removesuffix(".html")
    names = {row.name: row for row in parts.rows()}
    changed = {f"{row.name}_form": row for row in parts.rows() if row.form}
    is_partial = template.startswith("partials/")
    return (names.get(noun) or changed.get(noun)) if is_partial else None


def bulletins() -> set[str]:
    """Return the templates of mail that can be stopped."""
    return {f"email/{each.name}/body.html" for each in parts.bulletins()}
