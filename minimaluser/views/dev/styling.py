"""Which rules of our style sheets are about an element of a state."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from minimaluser.settings import ROOT, THEMES

SHEETS = THEMES.parent / "css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTOR = re.compile(r"(?:^|[{};])\s*([^{};@]+?)\s*(?=\{)", re.DOTALL)
WORD = re.compile(r"[.#][a-zA-Z][\w-]*")  # a class or an id
ATTRIBUTE = re.compile(r'\s(class|id)="([^"]*)"')


class Rule(NamedTuple):
    """A rule: its file, the line of its selector, the selector, and the classes and ids in it."""

    file: str
    line: int
    selector: str
    words: frozenset[str]


def rules_for(html: str, theme: str) -> dict[str, list[Rule]]:
    """Return the rules all of whose classes and ids are in some HTML, by their files.

    Those of a theme come after those of all. Rules for bare elements (`base.css`) are left out:
    they are for everything.
    """
    there: set[str] = set()
    for kind, value in ATTRIBUTE.findall(html):
        there |= {f".{word}" for word in value.split()} if kind == "class" else {f"#{value}"}
    found: dict[str, list[Rule]] = {}
    for path in [*sorted(SHEETS.rglob("*.css")), *sorted((THEMES / theme).rglob("*.css"))]:
        name = path.relative_to(ROOT).as_posix()
        for rule in _rules(name, path.stat().st_mtime_ns):
            if rule.words and rule.words <= there:
                found.setdefault(name, []).append(rule)
    return found


@lru_cache(maxsize=128)
def _rules(name: str, _changed_at: int) -> tuple[Rule, ...]:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = []
    css = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for it in SELECTOR.finditer(css):
        words = frozenset(WORD.findall(it[1]))
        line = css.count("\n", 0, it.start(1)) + 1
        found.append(Rule(name, line, " ".join(it[1].split()), words))
    return tuple(found)
