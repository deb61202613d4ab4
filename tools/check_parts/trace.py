"""Tells from which line of which template each character of a rendering comes.

While templates are compiled, a mark is put before each piece of HTML, each `{{ … }}` and each
`{% call … %}`. The marks come out with the rendering and are taken out of it again; what stands
behind one comes from there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

MARK = re.compile("\x02([0-9]+)\x03")


class Place(NamedTuple):
    """A line of a template; `is_text` tells HTML from what an expression has made."""

    template: str
    line: int
    is_text: bool


PLACES: list[Place] = []
_numbers: dict[Place, int] = {}


class Trace(Extension):
    """Puts the marks into every template in HTML."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterator[Token]:
        """Put a mark before each piece of text and each expression."""
        return _marked(stream) if (stream.name or "").endswith(".html") else stream


def _marked(stream: TokenStream) -> Iterator[Token]:
    name, tokens = stream.name or "", list(stream)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "data":
            mark = _mark(Place(name, token.lineno, is_text=True))
            yield Token(token.lineno, "data", mark + token.value)
            continue
        is_call = (
            token.type == "block_begin" and following is not None and following.value == "call"
        )
        if token.type == "variable_begin" or is_call:
            yield Token(token.lineno, "data", _mark(Place(name, token.lineno, is_text=False)))
        yield token


def _mark(place: Place) -> str:
    if place not in _numbers:
        _numbers[place] = len(PLACES)
        PLACES.append(place)
    return f"\x02{_numbers[place]}\x03"


class Rendering:
    """A rendered template without its marks.

    Attributes:
        text: what a browser gets.
        templates: names of the templates that it comes from.
    """

    def __init__(self, marked: str) -> None:
        pieces = MARK.split(marked)
        self.text = "".join(pieces[::2])
        self._starts, self._places, at = [0], [Place("", 0, is_text=False)], len(pieces[0])
        for number, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            self._starts.append(at)
            self._places.append(PLACES[int(number)])
            at += len(piece)
        self.templates = {place.template for place in self._places if place.template}

    def place(self, offset: int) -> Place:
        """Return where the character at an offset comes from."""
        index = bisect_right(self._starts, offset) - 1
        place = self._places[index]
        lines = self.text.count("\n", self._starts[index], offset) if place.is_text else 0
        return place._replace(line=place.line + lines)

    def callers(self, offset: int) -> Iterator[Place]:
        """Yield the calls that led to an offset, the nearest first, one of each template.

        A call that ended before may be among the later ones.
        """
        index = bisect_right(self._starts, offset) - 1
        seen = {self._places[index].template, ""}
        for place in reversed(self._places[:index]):
            if place.template not in seen and not place.is_text:
                seen.add(place.template)
                yield place
