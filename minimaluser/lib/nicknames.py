"""Nicknames: cleaning what was typed, and when two are the same (Unicode NFKC, case folding)."""

from __future__ import annotations

import unicodedata

SHORTEST, LONGEST, MOST_BYTES = 4, 40, 160
MOST_TYPED = 256  # what normalising costs grows with the square of it
TOO_LONG = f"A nickname has at most {LONGEST} characters."
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # of no such category
MOST_MARKS_IN_A_ROW = 3


class BadNickname(ValueError):
    """Not a nickname; the message is for the visitor."""


def clean(text: str) -> str:
    """Return the nickname as it is shown: NFKC, single blanks, none around it.

    Raises:
        BadNickname: with a sentence for the visitor.
    """
    text = text.strip()
    if len(text) > MOST_TYPED:
        raise BadNickname(TOO_LONG)
    plain = unicodedata.normalize("NFKC", text)
    name = " ".join("".join(c for c in plain if not _chooses_a_look(c)).split(" ")).strip()
    while "  " in name:
        name = name.replace("  ", " ")
    if len(name) < SHORTEST:
        raise BadNickname(f"A nickname has at least {SHORTEST} characters.")
    if len(name) > LONGEST or len(same(name).encode("utf-8", "replace")) > MOST_BYTES:
        raise BadNickname(TOO_LONG)
    if any(_is_unseen(character) for character in name) or _piles_marks(name):
        raise BadNickname("A nickname has no invisible characters.")
    return name


def same(name: str) -> str:
    """Return the form that decides whether two nicknames are the same, without regard to case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _chooses_a_look(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f"  # variation selectors, as emoji carry them


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN or character in BLANK_LETTERS


def _piles_marks(name: str) -> bool:
    row = 0
    for character in name:
        row = row + 1 if unicodedata.category(character).startswith("M") else 0
        if row > MOST_MARKS_IN_A_ROW:
            return True
    return False
