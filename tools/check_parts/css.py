"""The style sheets, declaration by declaration, and what cannot be read in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.check_parts import scripts
from tools.check_parts.finding import TORN, Finding

PIECE = re.compile(r"""(?:"[^"\n]*"|'[^'\n]*'|[^{};"'])+|["'{};]""")
# Where the next declaration begins, in what should be one.
NEXT = re.compile(
    r"\n\s*(?=(?:--|-webkit-)?[a-z][a-z-]*\s*:(?!\S*\s*[{,]))|(?<=[\w)%]) +(?=[a-z-]+: )"
)
BEGUN = re.compile(r"^(--)?[a-z][a-z-]*: ")  # a declaration; selectors have no blank behind a colon
PROPERTY = re.compile(r"^(--[\w-]+|-?[a-zA-Z-]+)$")


class Declaration(NamedTuple):
    """`name: value` in a style sheet.

    Attributes:
        file, line: where it stands; `rule`: the line of its rule.
        selectors: those around it, from outside to inside.
    """

    file: str
    line: int
    rule: int
    selectors: tuple[str, ...]
    name: str
    value: str


class Rule(NamedTuple):
    """What stands before a `{`, or a statement that ends with `;`, such as `@import …`."""

    file: str
    line: int
    text: str
    selectors: tuple[str, ...]


@dataclass
class Sheet:
    """What a style sheet says, and what of it cannot be read."""

    declarations: list[Declaration] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    wrong: list[Finding] = field(default_factory=list)


class _Reader:
    """Reads a sheet from its beginning to its end."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.sheet = file, Sheet()
        self.text = scripts.COMMENT.sub(_blank, text)
        torn = (it.start() for it in scripts.COMMENT.finditer(text) if "/*" in it[0][2:])
        self.open_comment = next(torn, scripts.COMMENT.sub(_blank, text).find("/*"))
        bare = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "", self.text)
        self.left_open = bare.count("{") - bare.count("}")
        self.around: list[tuple[str, int, int]] = []  # selector, line, column

    def read(self) -> Sheet:
        pending, line, at, column = "", 1, 1, 0
        for piece in PIECE.findall(self.text):
            if piece == "{":
                self._open(pending, at, column)
                pending = ""
            elif piece in "};":
                self._end(pending, at)
                pending = ""
                if piece == "}" and self.around:
                    self.around.pop()
                elif piece == "}":
                    self._wrong(line, "`}` closes nothing", "take it out, or open its rule before")
            elif piece in "\"'":
                what = f"the quote {piece} does not end"
                self._wrong(line, what, "add the other one on the same line")
            elif piece.strip():
                blank = piece[: len(piece) - len(piece.lstrip())]
                at = line + blank.count("\n")
                column = len(blank.rpartition("\n")[2])
                pending = piece.strip()
            line += piece.count("\n")
        if self.around and self.left_open > 0:
            self._not_closed(self.around[0])
        elif pending:
            self._wrong(at, f"`{_short(pending)}` breaks off", "end it with `;`, or write its rule")
        if self.open_comment >= 0:
            self.sheet.wrong.clear()
            line = self.text.count("\n", 0, self.open_comment) + 1
            self._wrong(line, "the comment is not closed", "add `*/`")
        return self.sheet

    def _open(self, selector: str, line: int, column: int) -> None:
        if self.around and column == 0 and self.left_open > 0:
            self._not_closed(self.around[0])
            self.around.clear()
            self.left_open = 0
        lines = selector.split("\n")
        if self.around and BEGUN.match(selector) and len(lines) > 1:
            self._lost(lines[0], line)
            self._declare(lines[0], line)
            line, selector = line + len(lines) - 1, lines[-1].strip()
        selector = " ".join(selector.split())
        if selector.count("(") != selector.count(")"):
            sign = ")" if selector.count("(") > selector.count(")") else "("
            self._wrong(line, f"a `{sign}` is lost in `{_short(selector)}`", "add it")
        above = tuple(name for name, *_ in self.around)
        self.sheet.rules.append(Rule(self.file, line, selector, above))
        self.around.append((selector, line, column))

    def _end(self, text: str, line: int) -> None:
        """A declaration or a statement is over; one without `;` holds the next, too."""
        if not self.around or text.startswith("@"):
            if text:
                above = tuple(name for name, *_ in self.around)
                self.sheet.rules.append(Rule(self.file, line, " ".join(text.split()), above))
                if text.count("@") > 1:
                    self._lost(text.split("\n")[0], line)
                elif not text.startswith("@"):
                    what = f"`{_short(text)}` belongs to no rule"
                    self._wrong(line, what, "put it between `{` and `}`")
            return
        while text and (found := NEXT.search(text)):
            first, rest = text[: found.start()], text[found.end() :]
            if ":" not in first:
                break
            self._lost(first, line)
            self._declare(first, line)
            line += text[: found.end()].count("\n")
            text = rest
        if text:
            self._declare(text, line)

    def _declare(self, text: str, line: int) -> None:
        name, colon, value = (part.strip() for part in " ".join(text.split()).partition(":"))
        if not colon or not PROPERTY.match(name):
            mend = "write `property: value;`"
            if len(words := text.split()) > 1 and PROPERTY.match(words[0]) and not colon:
                mend = f"write `{words[0]}: {' '.join(words[1:])};`"
            self._wrong(line, f"`{_short(text)}` is no declaration", mend)
            return
        if not value:
            self._wrong(line, f"`{name}` has no value", "write one, or take it out")
        selectors = tuple(selector for selector, *_ in self.around)
        rule = self.around[-1][1]
        self.sheet.declarations.append(Declaration(self.file, line, rule, selectors, name, value))

    def _lost(self, text: str, line: int) -> None:
        mend = f"write `{_short(text)};`"
        self._wrong(line + text.rstrip().count("\n"), "the `;` at the end is lost", mend)

    def _not_closed(self, opened: tuple[str, int, int]) -> None:
        selector, line, _ = opened
        self._wrong(line, f"the rule `{_short(selector)}` is not closed", "add `}` at its end")

    def _wrong(self, line: int, what: str, mend: str) -> None:
        self.sheet.wrong.append(Finding(self.file, line, what, mend, rank=TORN))


def read(file: str, text: str) -> Sheet:
    """Read a style sheet."""
    return _Reader(file, text).read()


def declarations(file: str, text: str) -> Iterator[Declaration]:
    """Yield the declarations of a style sheet in their sequence."""
    yield from read(file, text).declarations


def every() -> Sheet:
    """Return what all our style sheets say."""
    found = Sheet()
    for file, text in scripts.sources(".css").items():
        sheet = read(file, text)
        found.declarations += sheet.declarations
        found.rules += sheet.rules
        found.wrong += sheet.wrong
    return found


def all_declarations() -> list[Declaration]:
    """Return the declarations of all our style sheets."""
    return every().declarations


def _blank(comment: re.Match[str]) -> str:
    """Return blanks in the place of a comment, every character where it was."""
    return re.sub(r"[^\n]", " ", comment[0])


def _short(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= 60 else f"{line[:57]}…"
