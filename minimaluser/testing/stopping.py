"""Stops a program when it is asked to, so that it ends what it has started; a plugin of pytest.

Nothing but the standard library is imported here: `make run` and the tools need it, too.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

ASKED = (signal.SIGTERM, signal.SIGHUP)
GLANCE = 0.5  # seconds between two looks at `make`


def end_all_when_asked_to_stop() -> None:
    """Have SIGTERM and SIGHUP end this program like a failure, so that what it started ends.

    The same happens when the `make` that has started it ends or is asked to.
    """

    def end(_number: int, _frame: object) -> NoReturn:
        _ask_no_more()
        sys.exit(1)

    _when_asked(end)


def pytest_configure() -> None:
    """Have pytest, and each of its workers, clean up as after Ctrl-C."""

    def interrupt(_number: int, _frame: object) -> NoReturn:
        _ask_no_more()
        raise KeyboardInterrupt  # SystemExit would be the failure of one test

    if threading.current_thread() is threading.main_thread():
        _when_asked(interrupt)


def make() -> tuple[int, int]:
    """Return our parent process and the signals it catches: when `make` ends, they get fewer."""
    parent = os.getppid()
    return parent, _signals_handled_by(parent)


def is_over(before: tuple[int, int]) -> bool:
    """Tell whether the `make` of before has ended, or was asked to.

    `make` passes SIGTERM on, but if SIGINT or SIGHUP is sent to it alone, it only removes its
    handler and waits for us.
    """
    now = make()
    return now[0] != before[0] or bool(before[1] & ~now[1])


def _when_asked(handler: signal._HANDLER) -> None:
    for number in ASKED:
        signal.signal(number, handler)
    before = make()
    if _name(before[0]) in {"make", "gmake"}:
        threading.Thread(target=_watch, args=[before], daemon=True).start()


def _watch(before: tuple[int, int]) -> None:
    while not is_over(before):
        time.sleep(GLANCE)
    os.kill(os.getpid(), signal.SIGTERM)


def _ask_no_more() -> None:
    for number in ASKED:  # a second one would cut off what the first one ends
        signal.signal(number, signal.SIG_IGN)


def _name(pid: int) -> str:
    return _read(pid, "comm").strip()


def _signals_handled_by(pid: int) -> int:
    """Return the mask of signals that a process catches; always 0 where there is no /proc."""
    caught = [line for line in _read(pid, "status").splitlines() if line.startswith("SigCgt")]
    return int(caught[0].split()[1], 16) if caught else 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")
    except OSError:
        return ""
