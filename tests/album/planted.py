"""Careless breaks of the album's templates; see `tests/planted.py`."""

from __future__ import annotations

from tests.planted import Break, P

CRASHES = [
    Break(P + "album/photo.html", "picture.caption", "picture.captoin", "caption`?"),
    Break(P + "album/picture_card.html", "picture.caption", "picture.captoin", "caption`?"),
]  # fmt: skip
LEAVES = [
    Break(P + "album/photo.html", 'id="dialog-title"', 'id="title"', "dialog-title"),
]  # fmt: skip
