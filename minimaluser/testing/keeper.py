"""Ends what a program has started when the program itself has ended, however that came about.

A program that is killed cannot clean up. So the first `keep` starts this file as a small process
that is told what to end and remove, and does so once the other end of its standard input is closed.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL
_lock = threading.Lock()
_keepers: dict[int, subprocess.Popen[str]] = {}  # by the id of the process that it is for


def keep(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Have a process, with its group if it leads one, ended when this program has ended."""
    _tell(f"process {process.pid}")


def let_go(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Say that a process has ended, so that its id may be somebody else's."""
    if os.getpid() in _keepers:
        _tell(f"ended {process.pid}")


def keep_folder(path: Path) -> None:
    """Have a folder removed when this program has ended."""
    _tell(f"folder {path}")


def _tell(line: str) -> None:
    with _lock, suppress(OSError):
        keeper = _keepers.get(os.getpid())
        if keeper is None:
            keeper = _keepers[os.getpid()] = subprocess.Popen(
                [sys.executable, "-IS", __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
            atexit.register(_end_keeper)
        assert keeper.stdin
        keeper.stdin.write(line + "\n")
        keeper.stdin.flush()


def _end_keeper() -> None:
    if keeper := _keepers.pop(os.getpid(), None):
        keeper.communicate()  # closes its input and waits for it


def main(told: TextIO) -> None:
    """Listen until the other end is closed, then end and remove what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    pids: set[int] = set()
    folders: list[str] = []
    for line in told:
        what, _, name = line.rstrip("\n").partition(" ")
        if what == "process":
            pids.add(int(name))
        elif what == "ended":
            pids.discard(int(name))
        else:
            folders.append(name)
    _end(pids)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end(pids: Iterable[int]) -> None:
    left = {pid for pid in pids if _signal(pid, signal.SIGTERM)}
    until = time.monotonic() + PATIENCE
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = {pid for pid in left if _signal(pid, 0)}
    for pid in left:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> bool:
    """Send a signal to a process or its group; return False if there is nobody any more."""
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        with suppress(ProcessLookupError):  # the leader has ended, others of its group have not
            os.killpg(pid, number)
            return True
        return False
    except PermissionError:
        return False
    return True


if __name__ == "__main__":
    main(sys.stdin)
