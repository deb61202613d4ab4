"""The colours of tokens.css can be told apart, by day and by night (WCAG 2.2: 1.4.3, 1.4.11)."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent / "static" / "src" / "css" / "tokens.css").read_text()
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
COLOURS = {name: (day, night) for name, day, night in PAIR.findall(CSS)}
WORDS, SHAPES = 4.5, 3.0  # the least ratio

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


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours `#rrggbb`, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_ratio_is_that_of_the_standard() -> None:
    assert ratio("#ffffff", "#000000") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("mode", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(
    ("table", "least"), [(WORDS_ON, WORDS), (SHAPES_ON, SHAPES)], ids=["words", "shapes"]
)
def test_colours_contrast(table: dict[str, tuple[str, ...]], least: float, mode: int) -> None:
    pairs = [pair for front, backs in table.items() for pair in product([front], backs)]
    weak = {
        f"{front} on {back}": round(found, 2)
        for front, back in pairs
        if (found := ratio(COLOURS[front][mode], COLOURS[back][mode])) < least
    }
    assert weak == {}


def test_every_colour_is_looked_at() -> None:
    looked_at = {*WORDS_ON, *SHAPES_ON, *ORNAMENTS}
    looked_at |= {
        back for table in (WORDS_ON, SHAPES_ON) for backs in table.values() for back in backs
    }
    assert set(COLOURS) - looked_at == set()
