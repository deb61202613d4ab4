"""Helpers for text."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


class BadText(ValueError):
    """What was typed cannot be accepted; the message is for the visitor."""


@dataclass(frozen=True)
class Lengths:
    """Limits of a text that people type: in characters, and in bytes as it is stored."""

    shortest: int
    longest: int
    most_bytes: int


def slugify(text: str) -> str:
    """Return the text as part of a readable address: `tuesday-in-the-box`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "picture"


def duration(seconds: float) -> str:
    """Return a time to wait in words, rounded up: `40 seconds`, `1 minute`, `3 hours`, `2 days`."""
    for size, name in UNITS:
        count = math.ceil(seconds / size)
        if count > 1 or name == "second":
            return _counted(max(count, 1), name)
    raise AssertionError(seconds)


def span(time: timedelta) -> str:
    """Return a lifetime in words, to the second: `10 minutes`, `24 hours` (not a day), `7 days`."""
    seconds = int(time.total_seconds())
    size, name = next(
        each for each in UNITS if seconds % each[0] == 0 and (seconds > each[0] or each[1] != "day")
    )
    return _counted(seconds // size, name)


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def is_inside(address: str) -> bool:
    """Tell whether an address is a path of this site that no browser takes for another site's."""
    return (
        1 <= len(address) <= 512
        and address.startswith("/")
        and "//" not in address.partition("?")[0]  # `/.//` is read as `//` by some
        and "\\" not in address
        and address.isascii()
        and address.isprintable()
    )
