"""Small things about text."""

from __future__ import annotations

import math
import re
import unicodedata


def slugify(text: str) -> str:
    """Return the text as it stands in a readable address: `tuesday-in-the-box`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "picture"


def duration(seconds: float) -> str:
    """Return a time to wait in words, rounded up: `40 seconds`, `1 minute`, `3 hours`, `2 days`."""
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count = math.ceil(seconds / size)
        if count > 1 or name == "second":
            return f"{max(count, 1)} {name}{'s' if count > 1 else ''}"
    raise AssertionError(seconds)


def is_inside(address: str) -> bool:
    """Tell whether an address is a path of this very site that a browser cannot read otherwise."""
    return (
        1 <= len(address) <= 512
        and address.startswith("/")
        and not address.startswith("//")
        and "\\" not in address
        and address.isascii()
        and address.isprintable()
    )
