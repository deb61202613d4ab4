"""Sizes and times stand in a tokens.css only, as colours do, and colours are written whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.check_parts import themes
from tools.check_parts.css import Declaration
from tools.check_parts.finding import MISSPELT, Finding

LENGTH = re.compile(
    r"(?<![\w.#-])-?((?:\d*\.)?\d+)(px|rem|em|pt|pc|cm|mm|in|q|ms|s)\b", re.IGNORECASE
)
PLAIN = {"font-weight": "--weight", "line-height": "--leading", "letter-spacing": "--tracking"}
NUMBER = re.compile(r"-?(?:\d*\.)?\d+")
# Which tokens are for which properties; the others are `--width-…` and the like.
FAMILIES = (
    (re.compile(r"margin|padding|gap|inset|scroll"), "--space"),
    (re.compile(r"font"), "--text --title"),
    (re.compile(r"transition|animation"), "--fast --slow"),
    (re.compile(r"radius"), "--radius"),
    (re.compile(r"outline"), "--ring"),
    (re.compile(r"border"), "--hairline --stroke"),
    (re.compile(r"size|width|height|flex|grid"), "--width --height --target --tile --icon"),
)
HASH = re.compile(r"(?<![\w&])#([0-9a-zA-Z]+)\b")
DIGITS = re.compile(r"[0-9a-f]+", re.IGNORECASE)


def check(found: list[Declaration]) -> Iterator[Finding]:
    """Find sizes outside the tokens."""
    tokens = [each for each in found if each.file == f"{themes.SHARED}{themes.TOKENS}"]
    for each in found:
        if themes.is_tokens(each.file) or "--bs-" in each.name:
            continue
        sizes = [it[0] for it in LENGTH.finditer(each.value) if float(it[1])]
        if each.name in PLAIN and NUMBER.fullmatch(each.value):
            sizes.append(each.value)
        for size in sizes[:1]:
            what = f"{size} is no token"
            yield Finding(each.file, each.line, what, _mend(each.name, size, tokens))


def _mend(name: str, size: str, tokens: list[Declaration]) -> str:
    families = [PLAIN[name]] if name in PLAIN else []
    families += next((names.split() for what, names in FAMILIES if what.search(name)), [])
    fitting = [it for it in tokens if it.name.startswith(tuple(families)) and families]
    same = [it.name for it in [*fitting, *tokens] if it.value == size]
    if same:
        return f"write var({same[0]})"
    if fitting:
        some = f"var({fitting[0].name}) to var({fitting[-1].name})"
        return f"write one of {some}, or add one to tokens.css"
    return "name a token: var(--…), or add one to tokens.css"


def colours(found: list[Declaration]) -> Iterator[Finding]:
    """Find what begins like a colour and is none."""
    for each in found:
        for colour in HASH.finditer(re.sub(r"url\([^)]*\)|\"[^\"]*\"", "", each.value)):
            digits = colour[1]
            if DIGITS.fullmatch(digits) and len(digits) in {3, 4, 6, 8}:
                continue
            only = "the digits 0 to 9 and a to f"
            has = f"it has {len(digits)} of them" if DIGITS.fullmatch(digits) else only
            what = f"`{colour[0]}` is no colour"
            mend = f"write # and six digits: {has}"
            yield Finding(each.file, each.line, what, mend, rank=MISSPELT)
