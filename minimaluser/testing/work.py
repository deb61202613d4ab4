"""How much work something is: counted, not timed, so that a busy machine changes nothing."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from flask import Flask

from minimaluser.lib import hashing, nicknames
from minimaluser.testing.database import statements

MOST_LINES = 3_000_000  # then it is too much at any rate, and nobody waits for the end


class TooMuch(Exception):
    """More lines ran than any input may cost."""


@dataclass
class Work:
    """Lines of Python that ran, statements of SQL, and the sizes that C code was given."""

    lines: int = 0
    statements: int = 0
    hashes: int = 0
    hashed_bytes: int = 0
    normalised: int = 0  # the longest text whose marks were put in order, which is quadratic


@contextmanager
def lines_of(work: Work) -> Iterator[None]:
    """Count the lines that run in this thread."""

    lines = work.lines  # a local is counted up much quicker

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
            if lines > MOST_LINES:
                raise TooMuch
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
        work.lines = lines


class Hasher:
    """Passes everything on and notes what is hashed."""

    def __init__(self, real: Any, work: Work) -> None:
        self.real, self.work = real, work

    def verify(self, hashed: str, key: bytes) -> bool:
        self._note(key)
        return bool(self.real.verify(hashed, key))

    def hash(self, key: bytes) -> str:
        self._note(key)
        return str(self.real.hash(key))

    def check_needs_rehash(self, hashed: str) -> bool:
        return bool(self.real.check_needs_rehash(hashed))

    def _note(self, key: bytes) -> None:
        self.work.hashes += 1
        self.work.hashed_bytes = max(self.work.hashed_bytes, len(key))


class Normal:
    """`unicodedata` as the nicknames see it."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def __getattr__(self, name: str) -> Any:
        return getattr(unicodedata, name)

    def normalize(self, form: Any, text: str) -> str:
        self.work.normalised = max(self.work.normalised, len(text))
        return unicodedata.normalize(form, text)


def measure(app: Flask, deed: Callable[[], Any]) -> Work:
    """Do something and say how much work it was."""
    work = Work()
    with pytest.MonkeyPatch.context() as patch, statements(app) as seen, lines_of(work):
        patch.setattr(hashing, "_hasher", Hasher(hashing._hasher, work))
        patch.setattr(nicknames, "unicodedata", Normal(work))
        deed()
    work.statements = len(seen)
    return work
