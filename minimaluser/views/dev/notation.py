"""The small language in which states name samples: `"@ann"`, `"@ann(nickname=W*40)"`.

    value     a number, a truth value, a list or a text of TOML; a text that begins with `@` is a
              sample, and one that begins with `@@` is a text with one `@`
    sample    @name   or   @name(argument=item, …)
    item      a number, true, false, none, a word or 'a text', either of them times a number
              (W*40), or another sample

A sample is a function of a `samples.py`, which is given the arguments, or the class of a form, of
which they are fields: `@LoginForm` is empty, `@LoginForm(email='ann@')` was sent and refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import Parameter, signature
from typing import Any, NamedTuple

TOKEN = re.compile(r"\s*(?:(@?[A-Za-z_]\w*)|(-?\d+)|'([^']*)'|([(),=*])|(\S))")
NAME, NUMBER, TEXT, SIGN = range(1, 5)
WORDS = {"true": True, "false": False, "none": None}


@dataclass(frozen=True)
class Sample:
    """Something that states name: what makes it, and the arguments that it takes.

    Without `names` it takes what its signature names, and with `**changes` what it can change.
    """

    make: Callable[..., Any]
    names: tuple[str, ...] = ()

    @property
    def takes(self) -> list[str]:
        """The names of the arguments."""
        found = signature(self.make).parameters
        if self.names or not any(it.kind is Parameter.VAR_KEYWORD for it in found.values()):
            return [*(self.names or found)]
        return [*vars(self.make())]


Samples = Mapping[str, Sample]


class BadNotation(Exception):
    """A value means nothing.

    Attributes:
        what, mend: what is wrong, and what to write.
        word: what is wrong, as it is written.
    """

    def __init__(self, what: str, mend: str, word: str) -> None:
        super().__init__(f"{what}: {mend}")
        self.what, self.mend, self.word = what, mend, word


class Value(NamedTuple):
    """A value as it is written, and what makes it."""

    text: str
    make: Callable[[], Any]


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return what to write instead of a word that is not known."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else otherwise


def read(written: Any, samples: Samples) -> Value:
    """Read a value of TOML.

    Raises:
        BadNotation: it names no sample, or cannot be read.
    """
    if isinstance(written, str) and written.startswith("@"):
        if written.startswith("@@"):
            return Value(repr(written[1:]), lambda: written[1:])
        return Value(written, _Reader(written, samples).whole())
    if isinstance(written, list):
        inside = [read(each, samples) for each in written]
        text = f"[{', '.join(each.text for each in inside)}]"
        return Value(text, lambda: tuple(each.make() for each in inside))
    if isinstance(written, dict):
        named = {name: read(each, samples) for name, each in written.items()}
        text = ", ".join(f"{name} = {each.text}" for name, each in named.items())
        return Value(f"{{{text}}}", lambda: {name: it.make() for name, it in named.items()})
    return Value(repr(written), lambda: written)


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, samples: Samples) -> None:
        self.text, self.samples = text, samples
        self.tokens = [(it.lastindex or 0, it[it.lastindex or 0]) for it in TOKEN.finditer(text)]
        self.at = 0

    def whole(self) -> Callable[[], Any]:
        made = self._sample()
        if self.at < len(self.tokens):
            raise self._unread("write nothing behind it")
        return made

    def _sample(self) -> Callable[[], Any]:
        kind, name = self._next()
        if kind != NAME or not name.startswith("@"):
            raise self._unread("write @ and the name of a sample")
        name = name[1:]
        if name not in self.samples:
            names = ", ".join(f"@{each}" for each in sorted(self.samples)[:12])
            mend = did_you_mean(name, [*self.samples], f"there are {names}, …")
            raise BadNotation(f"there is no sample `@{name}`", mend, f"@{name}")
        arguments = self._arguments(name) if self._is("(") else {}
        make = self.samples[name].make
        return lambda: make(**{key: value() for key, value in arguments.items()})

    def _arguments(self, name: str) -> dict[str, Callable[[], Any]]:
        found: dict[str, Callable[[], Any]] = {}
        while not self._is(")"):
            kind, argument = self._next()
            if kind != NAME or not self._is("="):
                raise self._unread(f"write @{name}(argument=value)")
            known = self.samples[name].takes
            if argument not in known:
                mend = did_you_mean(argument, known, f"it takes {', '.join(known) or 'nothing'}")
                raise BadNotation(f"@{name} takes no `{argument}`", mend, argument)
            found[argument] = self._item()
            if not self._is(",") and not self._peek(")"):
                raise self._unread("write a comma, or close the bracket")
        return found

    def _item(self) -> Callable[[], Any]:
        if self.at < len(self.tokens) and self.tokens[self.at][1].startswith("@"):
            return self._sample()
        kind, text = self._next()
        if kind not in {NAME, NUMBER, TEXT}:
            raise self._unread("write a number, a word, 'a text' or a sample")
        value: Any = int(text) if kind == NUMBER else text
        value = WORDS.get(text, value) if kind == NAME else value
        if self._is("*"):
            times, number = self._next()
            if times != NUMBER or not isinstance(value, str):
                raise self._unread("write how often: W*40")
            value = value * int(number)
        return lambda: value

    def _next(self) -> tuple[int, str]:
        if self.at >= len(self.tokens):
            raise BadNotation(f"`{self.text}` breaks off", "close the bracket", self.text)
        self.at += 1
        return self.tokens[self.at - 1]

    def _peek(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == (SIGN, sign)

    def _is(self, sign: str) -> bool:
        found = self._peek(sign)
        self.at += found
        return found

    def _unread(self, mend: str) -> BadNotation:
        here = min(self.at, len(self.tokens)) - 1
        word = self.tokens[max(here, 0)][1]
        return BadNotation(f"`{self.text}` cannot be read at `{word}`", mend, self.text)
