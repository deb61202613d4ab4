"""What the states of the club's templates are made of."""

from __future__ import annotations

from tests.club import BADGES, Badge


def badges() -> tuple[Badge, ...]:
    return BADGES


def badge() -> Badge:
    return BADGES[0]


def following() -> tuple[Badge, ...]:
    return BADGES[1:]
