"""What people type, paste and have filled in, without what nobody can see.

Copying from a mail, a screen reader, a password manager or an input method brings along blanks,
line ends, marks of direction, invisible characters and full-width letters and digits.
"""

from __future__ import annotations

import unicodedata

JOINERS = frozenset("\u200c\u200d")  # invisible, but part of the spelling: of emoji, of domains
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters without ink
MARKS = frozenset(("Cf", "Zl", "Zp"))  # categories of what has no ink, either
NARROW = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {  # as input methods write ASCII
    0x3000: 0x20,
    0x3002: 0x2E,  # the full stops of Chinese and Japanese
    0xFF61: 0x2E,
}


def strip(text: str) -> str:
    """Return the text without the blanks and invisible characters around it."""
    first, last = 0, len(text)
    while first < last and _is_empty(text[first]):
        first += 1
    while first < last and _is_empty(text[last - 1]):
        last -= 1
    return text[first:last]


def line(text: str) -> str:
    """Return what stands on a line, in narrow letters, without what cannot be seen.

    Blanks and controls in the middle stay: what they part may not be one word.
    """
    seen = (one for one in strip(text) if one in JOINERS or unicodedata.category(one) != "Cf")
    return "".join(seen).translate(NARROW)


def digits(text: str) -> str:
    """Return the decimal digits of any script as ASCII; empty if there are letters beside them.

    Blanks, signs and invisible characters around and between digits do not matter.
    """
    found = ""
    for one in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(one)
        if kind == "Nd":
            found += str(unicodedata.decimal(one))
        elif kind[0] in "LN":
            return ""
    return found


def _is_empty(one: str) -> bool:
    return one.isspace() or one in FILLERS or unicodedata.category(one) in MARKS
