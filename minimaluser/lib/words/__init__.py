"""The words that nicknames are made of: plain text files with one entry per line, read once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def adjectives() -> tuple[str, ...]:
    """Return the adjectives, each 3 to 10 lower case letters."""
    return _lines("adjectives.txt")


@cache
def animals() -> tuple[str, ...]:
    """Return the animals, each one word of 2 to 12 lower case letters."""
    return _lines("animals.txt")


@cache
def colours() -> Mapping[str, str]:
    """Return the colours, read-only: name (3 to 9 lower case letters) to sRGB hex `#rrggbb`."""
    return MappingProxyType(dict(line.split() for line in _lines("colours.txt")))


def _lines(name: str) -> tuple[str, ...]:
    return tuple(files(__name__).joinpath(name).read_text(encoding="ascii").split("\n")[:-1])
