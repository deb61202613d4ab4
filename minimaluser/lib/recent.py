"""Values that may be a little old, kept in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from flask import current_app

T = TypeVar("T")


class Recent(Generic[T]):
    """A function without arguments whose value is kept for a while, for each app by itself.

    A change in another process is seen when the time is over; code that changes something in this
    process calls `forget`. All threads get the same object, so the value must not be changed.
    """

    def __init__(self, make: Callable[[], T], seconds: float) -> None:
        self.make, self.seconds = make, seconds

    def __call__(self) -> T:
        """Return the value, made anew if it is too old."""
        kept, moment = _kept().get(self), time.monotonic()
        if kept is None or moment - kept[0] >= self.seconds:
            kept = _kept()[self] = moment, self.make()
        value: T = kept[1]
        return value

    def forget(self) -> None:
        """Have the value made anew at the next call."""
        _kept().pop(self, None)


def _kept() -> dict[Recent[Any], tuple[float, Any]]:
    found: dict[Recent[Any], tuple[float, Any]] = current_app.extensions.setdefault("recent", {})
    return found
