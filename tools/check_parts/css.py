"""The style sheets, declaration by declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tools.check_parts import scripts

PIECE = re.compile(r"[^{};]+|[{};]")


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


def declarations(file: str, text: str) -> Iterator[Declaration]:
    """Yield the declarations of a style sheet in their sequence."""
    css = scripts.COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    around: list[tuple[str, int]] = []
    pending, line, at = "", 1, 1
    for piece in PIECE.findall(css):
        if piece == "{":
            around.append((pending, at))
            pending = ""
        elif piece in "};":
            name, colon, value = pending.partition(":")
            if colon and around:
                selectors = tuple(selector for selector, _ in around)
                yield Declaration(file, at, around[-1][1], selectors, name.strip(), value.strip())
            pending = ""
            if piece == "}" and around:
                around.pop()
        else:
            at = line + len(piece[: len(piece) - len(piece.lstrip())].split("\n")) - 1
            pending = " ".join(piece.split())
        line += piece.count("\n")


def all_declarations() -> list[Declaration]:
    """Return the declarations of all our style sheets."""
    return [
        each for file, text in scripts.sources(".css").items() for each in declarations(file, text)
    ]
