"""Every state of every template: what the files beside them say, and what is derived.

Derived are: what a template is given (the sample of the same name), the states of a form (empty,
refused with each error, on its way, …), the rows of the profile, the errors, the tiles, the pages
that are given nothing, who sees a page, and whether a part of a page is shown in a dialog.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app

from minimaluser import parts
from minimaluser.views.dev import sources
from minimaluser.views.dev.beside import Beside, Problem
from minimaluser.views.dev.notation import Value

AS_IT_IS, ALONE, GUEST, MEMBER, HTML, TEXT = (
    "as it is", "alone", "guest", "member", "html", "text",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class State:
    """A template in a state, seen in one way.

    Attributes:
        kind: "partial", "page", "mail", "error" or "tile".
        template: its name.
        state: a word for people.
        way: "alone" (partials, tiles), "guest" or "member" (pages, errors), "html" or "text".
        given: what it is given.
        seen: what else is to be seen, see `OF_A_STATE`.
        path: the address of the page.
        file: what the file beside the template says.
    """

    kind: str
    template: str
    state: str
    way: str
    given: Mapping[str, Value]
    seen: Mapping[str, Any] = field(default_factory=dict)
    path: str = "/nothing"
    file: Beside = field(default_factory=lambda: Beside(Path()))

    @property
    def noun(self) -> str:
        """What it is called: the template without its ending."""
        return noun_of(self.template)

    @property
    def id(self) -> str:
        """A name that is good for an address, and for a file."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.state.lower()).strip("-") or "x"
        return f"{self.noun}/{slug}" + ("" if self.way == ALONE else f"/{self.way}")

    @property
    def is_touched(self) -> bool:
        """Whether it differs from another state by what scripts do, and not by its HTML."""
        return bool(self.seen.keys() & {"open", "is_busy", "is_offline"})

    def arguments(self) -> dict[str, Any]:
        """Make what the template is given; inside a request."""
        return {name: value.make() for name, value in self.given.items()}

    def who(self) -> Any:
        """Return who sees it; inside a request."""
        return self.seen["who"].make()


def noun_of(template: str) -> str:
    """Return what a template is called in addresses."""
    folder, _, _ = template.rpartition("/")
    return folder if folder.startswith("email/") else template.rpartition(".")[0]


def kind_of(template: str, layouts: set[str]) -> str:
    """Return the kind of a template, empty if it has no states of its own."""
    folder, _, name = template.rpartition("/")
    if template.startswith("partials/"):
        return "partial"
    if folder.startswith("email/"):
        return "mail" if name == "body.html" else ""
    if folder == "tiles":
        return "" if name.startswith("_") else "tile"
    is_page = name.endswith(".html") and folder in {"", *parts.names()}
    if not is_page or name.startswith("dev_") or template in layouts:
        return ""
    return "error" if template == "error.html" else "page"


def every() -> tuple[list[State], list[Problem]]:
    """Return all states, sorted by kind and name, and what is wrong with the files.

    It must be called inside a request.
    """
    from minimaluser.views.dev.derived import states_of  # which imports this module
    from minimaluser.views.dev.template import Template

    names = [name for name in current_app.jinja_env.list_templates() if name[-5:] != ".toml"]
    layouts = sources.layouts(names)
    found: list[State] = []
    problems: list[Problem] = []
    for name in names:
        if kind := kind_of(name, layouts):
            template = Template(name, kind)
            found += states_of(template)
            problems += template.file.problems
    found.sort(key=lambda it: (KINDS.index(it.kind), it.noun))  # stable: states as they are said
    return found, problems


KINDS = ["page", "error", "partial", "mail", "tile"]
