"""All states together: what exists somewhere, and which line of a template is to blame."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterable
from functools import cache, cached_property
from pathlib import Path
from posixpath import normpath

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tools.check_parts import css, scripts
from tools.check_parts.classes import Vendor
from tools.check_parts.finding import LOST, Finding
from tools.check_parts.states import Site, State
from tools.check_parts.tree import Element

ROOT = Path(__file__).resolve().parent.parent.parent
FAR = 40  # lines within which what makes an element stands
TAG = 3  # lines that a tag may have
ARGUMENTS = 5  # lines that a call may have


class World:
    """The states of a site.

    Attributes:
        site: where they come from.
        states: all of them that are HTML; `texts`: those that are plain text.
        pages, partials, mails: the states of each kind.
        ids: every id of every state.
        frame: the ids that every page has that loads the scripts.
        torn: files that cannot be read; no state shows what is in them.
    """

    def __init__(self, site: Site, states: Iterable[State], torn: Collection[str] = ()) -> None:
        self.site, self.torn = site, torn
        every = list(states)
        self.states = [each for each in every if each.template.endswith(".html")]
        self.texts = [each for each in every if each not in self.states]
        self.pages = [each for each in self.states if each.is_page]
        self.mails = [each for each in self.states if each.is_mail]
        self.partials = [each for each in self.states if not (each.is_page or each.is_mail)]
        self.ids = {name for each in self.states for name in each.ids}
        framed = [each.ids for each in self.pages if is_framed(each)]
        self.frame = set.intersection(*framed) if framed else set()
        self._around: dict[str, set[str]] = {}
        self._endpoints: dict[tuple[str, str], tuple[str, str]] = {}
        self.adapter: MapAdapter = site.app.url_map.bind("localhost")

    @cached_property
    def frame_templates(self) -> set[str]:
        """The templates that are around every page that loads the scripts."""
        framed = [page.rendering.templates for page in self.pages if is_framed(page)]
        return set.intersection(*framed) if framed else set()

    @cached_property
    def classes(self) -> set[str]:
        """Every class of every state."""
        elements = (each for state in self.states for each in state.tree.elements)
        return {name for each in elements for name in each.get("class").split()}

    @cached_property
    def vendor(self) -> Vendor:
        """What is known of Bootstrap's classes."""
        names = self.site.app.jinja_env.list_templates(["html"])
        texts = {name: self.site.source(name) for name in names} | scripts.sources(".js")
        return Vendor(css.every().rules, texts)

    @cached_property
    def holders(self) -> dict[str, list[State]]:
        """The pages that hold each template."""
        found: dict[str, list[State]] = {}
        for page in self.pages:
            for template in page.rendering.templates:
                found.setdefault(template, []).append(page)
        return found

    def ids_around(self, state: State) -> set[str]:
        """Return the ids that there are on pages on which a state is seen."""
        return state.ids | (set() if state.is_page else self._ids_of_holders(state.template))

    def _ids_of_holders(self, template: str) -> set[str]:
        if template not in self._around:
            pages = self.holders.get(template, [])
            self._around[template] = self.frame.union(*(page.ids for page in pages))
        return self._around[template]

    def endpoint(self, address: str, method: str) -> tuple[str, str]:
        """Return the view of an address, or else what is wrong with it."""
        if (address, method) not in self._endpoints:
            self._endpoints[address, method] = self._endpoint(address, method)
        return self._endpoints[address, method]

    def _endpoint(self, address: str, method: str) -> tuple[str, str]:
        path = normpath(address.partition("#")[0].partition("?")[0])
        try:
            slash = "/" if address.rstrip("/").startswith(path) and address.endswith("/") else ""
            return str(self.adapter.match(path.rstrip("/") + slash, method=method)[0]), ""
        except HTTPException as problem:
            if problem.code and problem.code < 400:
                return "", ""
            return "", "leads nowhere" if problem.code == 404 else f"takes no {method}"

    def say(
        self,
        state: State,
        where: Element | int,
        what: str,
        mend: str,
        attribute: str = "",
        word: str = "",
        rank: int = LOST,
    ) -> Finding:
        """Make a finding.

        Args:
            state: in which it is seen.
            where: an element, or an offset in the rendering.
            what, mend: what is wrong, and how to mend it.
            attribute: of the element; the line of it is named if it is not that of the tag.
            word: what is wrong; if the line lacks it, whoever called the macro is named.
            rank: whether it may cause others, or follow from one.
        """
        template, line = self._place(state, where, attribute)
        origin = (self.site.file(template), line)
        inside = (at for at in range(line, line + TAG) if word in self._line(template, at))
        line_of_word = next(inside, None)
        if line_of_word is not None:
            line = line_of_word
        else:
            at = where if isinstance(where, int) else where.at
            template, line = self._blamed(state, at, word) or (template, line)
        return Finding(self.site.file(template), line, what, mend, str(state), rank, origin)

    def called(self, state: State, offset: int, what: str, mend: str, rank: int = LOST) -> Finding:
        """Make a finding at the line outside the macros that calls what stands at an offset."""
        callers = state.rendering.callers(offset)
        here = state.rendering.place(offset)
        outside = (place for place in callers if not place.template.startswith("macros/"))
        place = here if not is_shared(here.template) else next(outside, here)
        origin = (self.site.file(here.template or state.template), here.line)
        file = self.site.file(place.template)
        return Finding(file, place.line, what, mend, str(state), rank, origin)

    def empty(self, state: State, element: Element, what: str, mend: str) -> Finding:
        """Make a finding at an element without words: whoever should have given them is named."""
        template, line = self._place(state, element, "")
        words = re.compile(rf"<{element.tag}\b[^>]*>[^<]*{{{{")
        if is_shared(template) and words.search(self._line(template, line)):
            return self.called(state, element.at, what, mend)
        return Finding(self.site.file(template), line, what, mend, str(state))

    def _blamed(self, state: State, offset: int, word: str) -> tuple[str, int] | None:
        """Return the line with a word in what called a macro, else that of the macros' own file."""
        callers = list(state.rendering.callers(offset))
        for place in callers:
            below = range(place.line, place.line + ARGUMENTS)
            for line in (*below, place.line - 1, place.line - 2):
                if word in self._line(place.template, line):
                    return place.template, line
        for template in (state.rendering.place(offset).template, *(it.template for it in callers)):
            for number, text in enumerate(self.lines(template) if template else [], 1):
                if f"'{word}'" in text:
                    return template, number
        return None

    def _line(self, template: str, number: int) -> str:
        lines = self.lines(template)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def lines(self, template: str) -> list[str]:
        """Return the lines of a template."""
        return self.site.source(template).split("\n")

    def _place(self, state: State, where: Element | int, attribute: str) -> tuple[str, int]:
        if isinstance(where, int):
            place = state.rendering.place(where)
            return place.template or state.template, max(place.line, 1)
        place = state.rendering.place(where.at)
        template, line = place.template or state.template, max(place.line, 1)
        if attribute and where.has(attribute):
            tag = state.rendering.text[where.at : where.end]
            if found := re.search(rf"\s{re.escape(attribute)}(?=[\s=>/])", tag):
                inside = state.rendering.place(where.at + found.start() + 1)
                if inside.is_text:
                    return inside.template, inside.line
                return self._near(inside.template, inside.line, [attribute])
        if place.is_text:
            return template, line
        family = attribute.partition("-")[0]
        siblings = [name for name in where.attributes if family and name.startswith(f"{family}-")]
        return self._near(template, line, siblings)

    def _near(self, template: str, line: int, names: list[str]) -> tuple[str, int]:
        """Return the nearest line above that names one of these attributes: it makes them."""
        lines = self.lines(template)
        for at in range(line, max(line - FAR, 0), -1):
            if any(f"'{name}'" in lines[at - 1] for name in names):
                return template, at
        return template, line

    def lost(self, *texts: str, otherwise: tuple[str, int]) -> tuple[str, int]:
        """Return where the first of these texts that was in the last commit stood there."""
        found = (committed(text) for text in texts if text)
        return next((place for place in found if place), otherwise)


@cache
def committed(text: str) -> tuple[str, int] | None:
    """Return the first file and line of the templates of the last commit that has a text."""
    command = ["git", "-c", "safe.directory=*", "grep", "-nF", "-e", text, "HEAD", "--"]
    try:
        done = subprocess.run(
            [*command, "templates", ":!templates/dev_*"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:  # there is no git
        return None
    if not done.stdout:
        return None
    _, file, line, _ = done.stdout.split("\n", 1)[0].split(":", 3)
    return file, int(line)


def is_shared(template: str) -> bool:
    """Tell whether a template says only what those who call it ask for."""
    return template.startswith("macros/") or template.endswith("/icon.html")


def is_framed(page: State) -> bool:
    """Tell whether a page has what `base.html` puts around pages."""
    return "base.html" in page.rendering.templates
