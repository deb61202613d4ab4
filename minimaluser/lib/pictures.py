"""Uploaded pictures: validated and re-encoded (Pillow)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable

KINDS = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "gif": "GIF", "avif": "AVIF"}


class NoPicture(ValueError):
    """The upload is not a picture of an accepted kind, or is too large to be opened."""


def clean(
    content: bytes, kinds: Iterable[str], *, longest: int = 1600, most_pixels: int = 24_000_000
) -> bytes:
    """Return a picture as WebP: upright, small enough, without the metadata of cameras.

    The kind is read from the content; the name and type that come with a file are not trusted. Of
    an animation the first frame is used.

    Args:
        content: the file.
        kinds: accepted kinds, keys of `KINDS`.
        longest: longest side of the result, in pixels.
        most_pixels: pixels of the original; a larger one is not decoded.

    Raises:
        NoPicture: it is not a picture, not of these kinds, or too large.
    """
    from PIL import Image, ImageOps

    formats = [KINDS[kind].upper() for kind in kinds]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=formats) as opened:
                if opened.width * opened.height > most_pixels:
                    raise NoPicture
                opened.thumbnail((longest, longest))
                upright = ImageOps.exif_transpose(opened)
                mode = (
                    "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
                )
                made = io.BytesIO()
                upright.convert(mode).save(made, "WEBP", quality=80, method=4, exif=b"", xmp=b"")
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as problem:
        raise NoPicture from problem
    return made.getvalue()
