"""Pictures that are made anew."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from minimaluser.lib import pictures


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_every_kind_of_picture_can_be_taken(kind: str) -> None:
    sent = io.BytesIO()
    Image.new("RGB", (300, 200)).save(sent, kind.upper())
    made = pictures.clean(sent.getvalue(), [kind], longest=100)
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (100, 67))


def test_a_transparent_picture_stays_transparent() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(made, "PNG")
    with Image.open(io.BytesIO(pictures.clean(made.getvalue(), ["png"]))) as picture:
        assert picture.mode == "RGBA"
        assert picture.getchannel("A").getpixel((5, 5)) == 0
