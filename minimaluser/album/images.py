"""Pictures in the sizes and formats that browsers like (Pillow)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

WIDTHS = (480, 640, 960, 1600)
FORMATS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "avif": ("AVIF", "image/avif", {"quality": 48, "speed": 7}),
    "webp": ("WEBP", "image/webp", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", "image/jpeg", {"quality": 82, "optimize": True, "progressive": True}),
}


def size_of(master: bytes) -> tuple[int, int]:
    """Return width and height of a picture in pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(master)) as picture:
        return picture.size


def versions(master: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Make every size and format of a picture; it is never enlarged.

    Yields:
        Width in pixels as in `WIDTHS`, format as in `FORMATS`, and the file's content.
    """
    from PIL import Image

    with Image.open(io.BytesIO(master)) as opened:
        picture = opened.convert("RGB")
    for width in WIDTHS:
        height = round(picture.height * width / picture.width)
        scaled = picture if width >= picture.width else picture.resize((width, height))
        for suffix, (name, _, options) in FORMATS.items():
            buffer = io.BytesIO()
            scaled.save(buffer, name, **options)
            yield width, suffix, buffer.getvalue()
