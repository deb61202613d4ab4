"""Small things about text."""

from __future__ import annotations

import re
import unicodedata


def slugify(text: str) -> str:
    """Return the text as it stands in a readable address: `tuesday-in-the-box`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "picture"


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
