"""Nicknames: cleaning what was typed, and when two are the same (Unicode NFKC, case folding)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from minimaluser.lib import typed
from minimaluser.lib.text import BadText, Lengths

MOST_TYPED = 256  # the cost of normalising grows with the square of the length
UNSEEN = typed.MARKS | {"Cc", "Cs", "Co", "Cn"} | typed.FILLERS  # categories, and characters
MOST_MARKS_IN_A_ROW = 3
BLANKS = re.compile(" +")
VARIATIONS = re.compile("[\ufe00-\ufe0f]")  # as emoji contain them


class BadNickname(BadText):
    """Not a nickname; the message is for the visitor."""


class Nickname(NamedTuple):
    """A nickname that was read: as it is shown, and in the form that `same` returns."""

    shown: str
    key: str


def parse(text: str | Nickname, lengths: Lengths) -> Nickname:
    """Read a nickname typed by a person; one that was read already is returned as it is.

    It is shown in NFKC, with single blanks, and none around it.

    Args:
        text: as typed.
        lengths: limits of what is shown; bytes are counted in the form that `same` returns.

    Raises:
        BadNickname: with a sentence for the visitor.
    """
    if isinstance(text, Nickname):
        return text
    text = typed.strip(text)
    too_long = f"A nickname has at most {lengths.longest} characters."
    if len(text) > MOST_TYPED:
        raise BadNickname(too_long)
    plain = VARIATIONS.sub("", unicodedata.normalize("NFKC", text))
    name = BLANKS.sub(" ", plain).strip()
    if len(name) < lengths.shortest:
        raise BadNickname(f"A nickname has at least {lengths.shortest} characters.")
    if len(name) > lengths.longest:  # it may be 18 times as long as what was typed
        raise BadNickname(too_long)
    key = same(name)
    if len(key.encode("utf-8", "replace")) > lengths.most_bytes:
        raise BadNickname(too_long)
    kinds = [unicodedata.category(character) for character in name]
    stacked = "M" * (MOST_MARKS_IN_A_ROW + 1)
    if stacked in "".join(kind[0] for kind in kinds) or not UNSEEN.isdisjoint({*kinds, *name}):
        raise BadNickname("A nickname has no invisible characters.")
    return Nickname(name, key)


def same(name: str) -> str:
    """Return the form that decides whether two nicknames are the same, without regard to case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
