"""Nicknames: cleaning what was typed, and when two are the same (Unicode NFKC, case folding)."""

from __future__ import annotations

import unicodedata

from minimaluser.lib.text import Lengths

MOST_TYPED = 256  # the cost of normalising grows with the square of the length
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # of other categories
MOST_MARKS_IN_A_ROW = 3


class BadNickname(ValueError):
    """Not a nickname; the message is for the visitor."""


def clean(text: str, lengths: Lengths) -> str:
    """Return the nickname as it is shown: NFKC, single blanks, none around it.

    Args:
        text: as typed.
        lengths: limits of the result; bytes are counted in the form that `same` returns.

    Raises:
        BadNickname: with a sentence for the visitor.
    """
    text = text.strip()
    too_long = f"A nickname has at most {lengths.longest} characters."
    if len(text) > MOST_TYPED:
        raise BadNickname(too_long)
    plain = unicodedata.normalize("NFKC", text)
    name = " ".join("".join(c for c in plain if not _is_variation_selector(c)).split(" ")).strip()
    while "  " in name:
        name = name.replace("  ", " ")
    if len(name) < lengths.shortest:
        raise BadNickname(f"A nickname has at least {lengths.shortest} characters.")
    if len(name) > lengths.longest or _bytes(name) > lengths.most_bytes:
        raise BadNickname(too_long)
    if any(_is_invisible(character) for character in name) or _has_stacked_marks(name):
        raise BadNickname("A nickname has no invisible characters.")
    return name


def same(name: str) -> str:
    """Return the form that decides whether two nicknames are the same, without regard to case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _bytes(name: str) -> int:
    return len(same(name).encode("utf-8", "replace"))


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f"  # as emoji contain them


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN or character in BLANK_LETTERS


def _has_stacked_marks(name: str) -> bool:
    row = 0
    for character in name:
        row = row + 1 if unicodedata.category(character).startswith("M") else 0
        if row > MOST_MARKS_IN_A_ROW:
            return True
    return False
