"""Pictures in sizes and formats."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from minimaluser.album import images


def a_picture(width: int, height: int, mode: str = "RGB", kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), 128 if mode == "L" else (200, 100, 50, 255)[: len(mode)]).save(
        buffer, kind
    )
    return buffer.getvalue()


@pytest.fixture(scope="module")
def made() -> dict[tuple[int, str], Image.Image]:
    found: dict[tuple[int, str], Image.Image] = {}
    for width, suffix, content in images.versions(a_picture(800, 600)):
        picture = Image.open(io.BytesIO(content))
        picture.load()
        found[width, suffix] = picture
    return found


def test_every_width_comes_in_every_format(made: dict[tuple[int, str], Image.Image]) -> None:
    assert set(made) == {(w, s) for w in images.WIDTHS for s in ("avif", "webp", "jpg")}
    formats = {suffix: picture.format for (_, suffix), picture in made.items()}
    assert formats == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}


def test_a_picture_keeps_its_shape(made: dict[tuple[int, str], Image.Image]) -> None:
    assert made[480, "jpg"].size == (480, 360)


def test_a_picture_is_never_enlarged(made: dict[tuple[int, str], Image.Image]) -> None:
    assert made[960, "jpg"].size == made[1600, "webp"].size == (800, 600)


def test_the_size_of_a_picture_is_read_without_its_content() -> None:
    assert images.size_of(a_picture(40, 30)) == (40, 30)


@pytest.mark.parametrize("mode", ["RGBA", "L"])
def test_a_picture_with_other_colours_is_accepted(mode: str) -> None:
    assert len(list(images.versions(a_picture(8, 6, mode)))) == 3 * len(images.WIDTHS)


@pytest.mark.parametrize("rubbish", [b"", b"<svg/>", a_picture(8, 6)[:20]])
def test_a_file_that_is_no_picture_is_refused(rubbish: bytes) -> None:
    with pytest.raises(OSError, match=r"cannot identify|Truncated"):
        images.size_of(rubbish)
