"""What the gallery shows of the album."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minimaluser.album import pictures
from minimaluser.album.pictures import Picture
from minimaluser.parts import Sample

MADE_UP = tuple(
    Picture(number, name, "It sleeps.", "Somebody asleep", f"{number}-made-up", 16, 12, True)
    for number, name in ((1, "In the box"), (2, "On the sill"))
)  # for an album without pictures


def partials() -> Iterator[Sample]:
    """Yield the album's partials in every state."""
    yield Sample("album/about", "as it is", {})
    shown = pictures.on_home()[:2] or MADE_UP
    grid = {"heading": "h2", "eager": 0}
    yield Sample("album/picture_grid", "empty", {"pictures": (), **grid})
    yield Sample("album/on_home", "two", {"pictures": shown})
    yield Sample("album/offline", "two", {"pictures": shown})
    yield Sample("album/photo", "the first", _photo(None, shown[0], shown[-1]))
    yield Sample("album/photo", "the last", _photo(shown[0], shown[-1], None))


def pages() -> Iterator[Sample]:
    """Yield the album's pages in every state."""
    shown = pictures.on_air() or MADE_UP
    yield Sample("album/index", "as-it-is", {"pictures": shown})
    yield Sample("album/index", "empty", {"pictures": ()})
    yield Sample("album/photo", "as-it-is", _photo(None, shown[0], shown[-1]))


def _photo(previous: Picture | None, picture: Picture, following: Picture | None) -> dict[str, Any]:
    return {"previous": previous, "picture": picture, "following": following}
