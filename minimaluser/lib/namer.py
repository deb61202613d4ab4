"""Nicknames such as `brave-otter-482913-teal`; the colour at the end is the colour of the tile."""

import random
import re
import secrets

from . import words

NUMBERS = range(100_000, 1_000_000)

_SUGGESTED = re.compile(r"[a-z]+-[a-z]+-[0-9]{6}-([a-z]+)", re.ASCII | re.IGNORECASE)


def suggest(rng: random.Random | None = None) -> str:
    """Return a nickname of at most 40 characters: adjective, animal, number, colour.

    `rng` is for tests; by default the system's secure source chooses, so that nicknames cannot be
    predicted. The caller has to find out whether the nickname is still free.
    """
    rng = rng or secrets.SystemRandom()
    adjective = rng.choice(words.adjectives())
    animal = rng.choice(words.animals())
    colour = rng.choice(tuple(words.colours()))
    return f"{adjective}-{animal}-{rng.choice(NUMBERS)}-{colour}"


def colour_of(nickname: str) -> str | None:
    """Return the hex `#rrggbb` of the colour a suggested nickname ends in, None for any other.

    Case does not matter. The adjective and the animal need not be in today's lists, so nobody loses
    a colour when words are retired.
    """
    match = _SUGGESTED.fullmatch(nickname)
    return words.colours().get(match[1].lower()) if match else None


def random_colour(rng: random.Random | None = None) -> str:
    """Return the hex `#rrggbb` of a random colour, for a nickname that names none."""
    rng = rng or secrets.SystemRandom()
    return rng.choice(tuple(words.colours().values()))


def combinations() -> int:
    """Return how many different nicknames there are to suggest."""
    lists = (words.adjectives(), words.animals(), words.colours())
    return len(lists[0]) * len(lists[1]) * len(NUMBERS) * len(lists[2])
