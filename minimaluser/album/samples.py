"""What the states of the album's templates are made of: its pictures, or some that are made up."""

from __future__ import annotations

from minimaluser.album.pictures import Picture, on_air

MADE_UP = tuple(
    Picture(number, name, "It sleeps.", "Somebody asleep", f"{number}-made-up", 16, 12, True)
    for number, name in ((1, "In the box"), (2, "On the sill"))
)  # for an album without pictures


def pictures() -> tuple[Picture, ...]:
    """Return some pictures."""
    return on_air()[:6] or MADE_UP


def picture(number: int = 0) -> Picture:
    """Return one of them."""
    return pictures()[number]
