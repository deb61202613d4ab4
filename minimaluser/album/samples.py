"""What the gallery shows of the album."""

from __future__ import annotations

from collections.abc import Iterator

from minimaluser.album import pictures
from minimaluser.parts import Sample


def partials() -> Iterator[Sample]:
    """Yield the album's partials in every state."""
    yield Sample("album/about", "as it is", {})
    shown = pictures.on_home()[:2]
    grid = {"heading": "h2", "eager": 0}
    yield Sample("album/picture_grid", "empty", {"pictures": (), **grid})
    if shown:
        yield Sample("album/on_home", "two", {"pictures": shown})
        yield Sample("album/offline", "two", {"pictures": shown})
        around = {"previous": None, "following": shown[-1]}
        yield Sample("album/photo", "as it is", {"picture": shown[0], **around})


def pages() -> Iterator[Sample]:
    """Yield the album's pages in every state."""
    shown = pictures.on_air()
    yield Sample("album/index", "as-it-is", {"pictures": shown})
    yield Sample("album/index", "empty", {"pictures": ()})
    if shown:
        around = {"previous": None, "following": shown[-1]}
        yield Sample("album/photo", "as-it-is", {"picture": shown[0], **around})
