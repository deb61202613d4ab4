"""Keys and codes that are read in too many forms."""

from __future__ import annotations

import re

from flask import Flask

from minimaluser.lib import keys, typed
from minimaluser.lib.text import Lengths
from tests.abuse.broken import hole, holes
from tests.digging import put

holes(
    put,
    {
        # Of several codes in the field the last one counts.
        "the_last_code_counts": (
            (typed, "digits", lambda text: "".join(re.findall(r"\d", text))[-6:]),
            "guesses.a_code_field_is_one_guess",
        ),
    },
)


@hole("guesses.a_try_is_one_guess")
def each_word_is_a_guess(_app: Flask) -> None:
    """What is typed is tried in part, too, if the whole is wrong."""
    match = keys.match

    def in_parts(hashed: str | None, key: str, lengths: Lengths) -> str:
        tried = (match(hashed, part, lengths) for part in [key, *re.split(r"[\n,\x00]", key)])
        return next(filter(None, tried), "")

    put(keys, "match", in_parts)


@hole("guesses.a_try_is_one_guess")
def capitals_are_the_same(_app: Flask) -> None:
    """A key is compared without regard to capitals, as the address is."""
    match = keys.match

    def folded(hashed: str | None, key: str, lengths: Lengths) -> str:
        return match(hashed, key, lengths) or match(hashed, key.casefold(), lengths)

    put(keys, "match", folded)
