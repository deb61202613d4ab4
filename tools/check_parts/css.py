"""The style sheets, declaration by declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tools.check_parts.scripts import COMMENT, sources

PIECE = re.compile(r"[^{};]+|[{};]")


class Declaration(NamedTuple):
    """`name: value` in a style sheet; `selectors` are those around it, from outside to inside."""

    file: str
    line: int
    selectors: tuple[str, ...]
    name: str
    value: str


def declarations(file: str, text: str) -> Iterator[Declaration]:
    """Yield the declarations of a style sheet in their sequence."""
    css = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    around: list[str] = []
    pending, line, at = "", 1, 1
    for piece in PIECE.findall(css):
        if piece == "{":
            around.append(pending)
            pending = ""
        elif piece in "};":
            name, colon, value = pending.partition(":")
            if colon and around:
                yield Declaration(file, at, tuple(around), name.strip(), value.strip())
            pending = ""
            if piece == "}" and around:
                around.pop()
        else:
            at = line + len(piece[: len(piece) - len(piece.lstrip())].split("\n")) - 1
            pending = " ".join(piece.split())
        line += piece.count("\n")


def all_declarations() -> list[Declaration]:
    """Return the declarations of all our style sheets."""
    return [each for file, text in sources(".css").items() for each in declarations(file, text)]
