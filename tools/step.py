"""Runs a step of the Makefile, and says what it is, how much room it takes and how long.

    python -m tools.step "Making .venv" .venv -- python -m venv .venv

The words, the folder that grows, and the command. Nothing but the standard library is imported:
the first step makes the environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def main(words: str, folder: str, *command: str) -> int:
    """Run a command; return its exit code."""
    print(f"{words} …", flush=True)
    before, began = size(Path(folder)), time.monotonic()
    with subprocess.Popen(command) as running:
        try:
            code = running.wait()
        except BaseException:
            running.terminate()
            raise
    if not code:
        print(f"  {told(size(Path(folder)) - before, time.monotonic() - began)}", flush=True)
    return code


def told(more: int, seconds: float) -> str:
    """Return how much came and how long it took.

    >>> told(12_345_678, 3.21)
    '12 MB in 3.2 s'
    """
    room = f"{more / 1e6:.0f} MB in " if more >= 1e6 else ""
    return f"{room}{seconds:.1f} s"


def size(folder: Path) -> int:
    """Return how many bytes the files of a folder have; 0 if there is none."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            found += 0 if path.is_symlink() else path.stat().st_size
    return found


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):  # and then ends what it has started
        signal.signal(number, lambda *_: sys.exit(1))
    what, where, _, *rest = sys.argv[1:]
    sys.exit(main(what, where, *rest))
