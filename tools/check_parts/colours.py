"""Colours: each stands in a tokens.css only, and can be told from what it lies on (WCAG 2.2).

That is looked at for every theme. What is no style sheet and has colours (mails) has those of the
default theme.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from tools.check_parts import themes
from tools.check_parts.css import Declaration
from tools.check_parts.finding import MISSPELT, Finding

TOKENS = f"{themes.SHARED}{themes.TOKENS}"
PAIR = re.compile(r"light-dark\((#[0-9a-f]{6}), ?(#[0-9a-f]{6})\)", re.IGNORECASE)
HEX = re.compile(
    r"(?<![\w&\"'])#(?:[0-9a-f]{6}|[0-9a-f]{3})\b|(?<=[\"'])#[0-9a-f]{6}(?=[\"'])", re.IGNORECASE
)
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
    r"|(?<![\w-])(white|black|gr[ae]y|silver|red|green|blue|yellow|orange|purple|pink|brown|navy"
    r"|teal|maroon|olive|lime|aqua|cyan|fuchsia|magenta|gold|beige|ivory|tomato|crimson)(?![\w-])",
    re.IGNORECASE,
)
WORDS, SHAPES = 4.5, 3.0  # the least ratio (1.4.3, 1.4.11)
GROUNDS = ("paper", "surface", "sunk", "accent-wash")
WORDS_ON = {
    "ink": GROUNDS,
    "ink-soft": GROUNDS,
    "accent": GROUNDS,
    "accent-deep": GROUNDS,
    "danger": ("paper", "surface"),
    "danger-deep": ("paper", "surface", "danger-wash"),
    "on-accent": ("accent", "accent-deep"),
    "on-danger": ("danger", "danger-deep"),
}
SHAPES_ON = {"focus": (*GROUNDS, "danger-wash"), "line-strong": ("paper", "surface")}
# Lines that say nothing the words beside them do not say; and what lies behind words only.
ORNAMENTS = {"line", "edge"}
# In mails, which have the ground of the reader's program: a line that is seen on white and black.
IN_MAILS = {"#808080"}


class Token(NamedTuple):
    """A colour by day and by night, and where that is said."""

    day: str
    night: str
    file: str
    line: int


def tokens(found: list[Declaration], sheets: list[str]) -> dict[str, Token]:
    """Return the colours of a theme by their names.

    Args:
        found: what all style sheets declare.
        sheets: those that the theme takes, in their sequence.
    """
    files = [each for each in sheets if themes.is_tokens(each)]
    own = [each for file in files for each in found if each.file == file]
    pairs = [(each, PAIR.fullmatch(each.value)) for each in own]
    return {
        each.name[2:]: Token(pair[1], pair[2], each.file, each.line) for each, pair in pairs if pair
    }


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours `#rrggbb`, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour `#rrggbb`, 0 to 1."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def check(
    found: list[Declaration], templates: Mapping[str, str], told: Collection[str] = ()
) -> Iterator[Finding]:
    """Find colours in the wrong place, and pairs that cannot be told apart.

    Args:
        found: what the style sheets declare.
        templates: the templates, and what else has colours, by their paths in the repository.
        told: tokens of which it is told already that they are not set, or wrongly.
    """
    for each in found:
        if not themes.is_tokens(each.file) and (colour := COLOUR.search(each.value)):
            mend = "name a token: var(--…), or add one to tokens.css"
            yield Finding(each.file, each.line, f"the colour {colour[0]} is no token", mend)
    sheets = themes.sheets()
    for taken in sheets.values():
        named = tokens(found, taken)
        said = (it for it in found if it.file in taken and themes.is_tokens(it.file))
        alone = {it.name[2:]: it for it in said if not PAIR.fullmatch(it.value)}
        yield from _contrast(named, alone, {name[2:] for name in told})
    named = tokens(found, sheets["default"])
    for file, text in templates.items():
        yield from _elsewhere(named, file, text)


def _contrast(
    named: dict[str, Token], alone: dict[str, Declaration], told: set[str]
) -> Iterator[Finding]:
    seen = set(ORNAMENTS)
    for table, least in ((WORDS_ON, WORDS), (SHAPES_ON, SHAPES)):
        for front, backs in table.items():
            for name, back in product([front], backs):
                seen |= {name, back}
                if name not in named or back not in named:
                    gone = back if name in named else name
                    if gone in told:
                        continue
                    if said := alone.get(gone):
                        what = f"`{said.value}` is not a colour by day and one by night"
                        mend = "write light-dark(#rrggbb, #rrggbb)"
                        yield Finding(said.file, said.line, what, mend, rank=MISSPELT)
                        continue
                    what = f"the token --{gone} is gone, and tools/check_parts/colours.py names it"
                    yield Finding(TOKENS, 1, what, "give it back, or take it out there")
                    continue
                yield from _pair(named, name, back, least)
    for name in sorted(named.keys() - seen - told):
        mend = "say in tools/check_parts/colours.py what it lies on"
        token = named[name]
        yield Finding(token.file, token.line, f"nobody knows what --{name} lies on", mend)


def _pair(named: dict[str, Token], name: str, back: str, least: float) -> Iterator[Finding]:
    one, other = named[name], named[back]
    own = one if themes.of(one.file) or not themes.of(other.file) else other
    for when, front, behind in (("day", one.day, other.day), ("night", one.night, other.night)):
        if (found := ratio(front, behind)) < least:
            what = f"--{name} on --{back} has a contrast of {found:.2f} by {when}"
            mend = f"make it at least {least}: one of them darker"
            yield Finding(own.file, own.line, what, mend)


def _elsewhere(named: dict[str, Token], file: str, text: str) -> Iterator[Finding]:
    if "accent" not in named:
        return
    day = {token.day for token in named.values()}
    for number, line in enumerate(text.split("\n"), 1):
        if "fill=" in line or ("{#" in line and "#}" in line and "style" not in line):
            continue
        for colour in HEX.findall(line):
            if "theme-color" in line or "_color" in line:
                mend = "write {{ theme.day }} or {{ theme.night }}"
                yield Finding(file, number, f"{colour} is another colour than the page has", mend)
            elif colour.lower() not in day | IN_MAILS:
                mend = f"write a colour that a token has by day: {named['accent'].day} is --accent"
                yield Finding(file, number, f"the colour {colour} is no token", mend)
