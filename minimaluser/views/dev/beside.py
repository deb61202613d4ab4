"""What the file beside a template says: `nickname_form.toml` beside `nickname_form.html`.

    what = "The nickname while it is changed."      what it is, for people
    where = "A row of the profile."                 where it stands, if that is not plain to see
    replaced_by = "partials/nickname"               what takes its place, or a list of these
    form = "NicknameForm"                           it gets its states from the form, too
    refused = {nickname = "@said(by='nickname.TAKEN')"}   what use cases say about fields
    view = "nickname.edit"                          of a page: its view, unless it is plain
    around = "rows"                                 classes of the element around it
    like = "partials/tile_form"                     all but `what` is as there, unless it is here

    [given]                                         in every state
    user = "@ann"

    [states]
    "a long name" = {user = "@ann(nickname=W*40)"}

What a state may have besides parameters of the template is in `OF_A_STATE`. How values are written
stands in `notation.py`, what is derived in `states.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from minimaluser.views.dev.notation import did_you_mean

TEXTS = {"what", "where", "form", "view", "around", "like"}
TABLES = {"given", "states", "refused"}
OF_A_FILE = TEXTS | TABLES | {"replaced_by"}
OF_A_STATE = {
    "who": "who sees it: @ann, @new, @guest",
    "toast": "what is announced; one of bad news begins with `error: `",
    "open": "the id of a menu or a dialog that is open; a part of a page is shown in the dialog",
    "is_busy": "true: its form is under way",
    "is_offline": "true: the connection is gone",
    "query": "what stands in the address behind `?`",
    "each": "words for {each} in its name and its values; one state for each",
}
KINDS = {"toast": str, "open": str, "query": str, "is_busy": bool, "is_offline": bool}
AT = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong with the states of a template; `mend` says what to write."""

    path: Path
    line: int
    what: str
    mend: str


@dataclass
class Beside:
    """The file beside a template.

    Attributes:
        path: where it is, or would be.
        says: the table in it; empty if there is none.
        problems: what is wrong with it.
    """

    path: Path
    says: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _text: str = ""

    @property
    def is_there(self) -> bool:
        return bool(self._text)

    @property
    def what(self) -> str:
        return str(self.says.get("what", ""))

    @property
    def given(self) -> dict[str, Any]:
        return dict(self.says.get("given", {}))

    @property
    def states(self) -> dict[str, Any]:
        return dict(self.says.get("states", {}))

    @property
    def replaced_by(self) -> list[str]:
        said = self.says.get("replaced_by", [])
        return [str(each) for each in said] if isinstance(said, list) else [str(said)]

    def wrong(self, word: str, what: str, mend: str) -> None:
        """Add a problem at the line that has a word, else at the first line."""
        lines = self._text.split("\n")
        whole = re.compile(rf"(?<!\w){re.escape(word.lstrip('@'))}(?!\w)")
        said = ((n, line) for n, line in enumerate(lines, 1) if line.strip()[:1] != "#")
        plain = (n for n, line in said if whole.search(line))
        self.problems.append(Problem(self.path, next(plain, 1), what, mend))

    def unknown(self, word: str, what: str, known: Iterable[str], otherwise: str) -> None:
        """Add a problem with a word that is not known."""
        self.wrong(word, what, did_you_mean(word, [*known], otherwise))


def read(path: Path) -> Beside:
    """Read a file, which need not be there."""
    found = Beside(path)
    try:
        found._text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return found
    try:
        found.says = tomllib.loads(found._text)
    except tomllib.TOMLDecodeError as problem:
        at = AT.search(str(problem))
        line = int(at[1] or 0) if at else 0
        what = AT.sub("", str(problem))
        mend = 'write `name = "text"`, and {a = 1, b = 2} on one line'
        found.problems.append(Problem(path, line or len(found._text.splitlines()), what, mend))
        return found
    _check(found)
    return found


def _check(found: Beside) -> None:
    """Find names that mean nothing, and things that are of another kind than they must be."""
    for name, value in [*found.says.items()]:
        if name not in OF_A_FILE:
            found.unknown(name, f"`{name}` means nothing here", OF_A_FILE, "see docs/states.md")
        elif name in TEXTS and not isinstance(value, str):
            found.wrong(name, f"`{name}` is no text", f'write {name} = "…"')
        elif name in TABLES and not isinstance(value, Mapping):
            found.wrong(name, f"`{name}` is no table", f"write [{name}], and below it name = value")
        else:
            continue
        del found.says[name]
    for name, state in [*found.states.items()]:
        if not isinstance(state, dict):
            mend = f'write "{name}" = {{parameter = value}}, or {{}}'
            found.wrong(name, f"the state `{name}` is no table", mend)
            del found.says["states"][name]
            continue
        for key, kind in KINDS.items():
            if key in state and not isinstance(state[key], kind):
                like = "a text in quotes" if kind is str else "true"
                found.wrong(key, f"`{key}` of `{name}` is none", f"write {key} = {like}")
                del state[key]
    if not found.what:
        found.wrong("", "it does not say what it is", 'add what = "…"')
