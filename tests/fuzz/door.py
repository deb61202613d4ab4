"""Requests held back before one of their transactions, while others go on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from minimaluser import database

LONGEST_WAIT_SECONDS = 60
_mine = threading.local()


@dataclass
class Held:
    """A request in a thread of its own; it stops before its `at`-th transaction.

    Those of `transaction_before`, which only count for limits, are not numbered.
    """

    deed: Callable[[], Any]
    at: int
    passed: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    problem: BaseException | None = None

    def start(self) -> None:
        """Begin, and come back when the request stands at its door or is over."""
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.stopped.wait(LONGEST_WAIT_SECONDS), "the request neither waits nor ends"

    def finish(self) -> None:
        """Let it go on to its end.

        Raises:
            Whatever the deed raised.
        """
        self.go.set()
        self.thread.join(LONGEST_WAIT_SECONDS)
        assert not self.thread.is_alive(), "the request does not end"
        if self.problem is not None:
            raise self.problem

    def _run(self) -> None:
        _mine.held = self
        try:
            self.deed()
        except BaseException as problem:  # it is raised again where the others are
            self.problem = problem
        finally:
            self.stopped.set()

    def wait(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            self.stopped.set()
            self.go.wait(LONGEST_WAIT_SECONDS)


def stop_here() -> None:
    """Stand in for `database.transaction`."""
    held = getattr(_mine, "held", None)
    if held is not None and not _is_counting():
        held.wait()


def _is_counting() -> bool:
    frame: FrameType | None = sys._getframe(2)
    for _ in range(8):
        frame = frame.f_back if frame else None
        if frame and frame.f_code.co_name == "transaction_before":
            return True
    return False


def open_doors(monkeypatch: Any) -> None:
    """Have requests stop where they are held; all others pass."""
    monkeypatch.setattr(database, "_at_the_door", stop_here)
