"""Runs the site and the builder of static/build/ together; it is the last step of `make run`.

It prints where the site is and what to try; the two print errors. Whatever ends this program
(Ctrl-C, SIGTERM, the end of one of the two, of the terminal or of `make`) also ends all processes
that it started, children of children included.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from subprocess import PIPE
from types import FrameType
from typing import NoReturn

from minimaluser import settings
from minimaluser.lib import environment
from minimaluser.settings import Settings
from minimaluser.testing import stopping
from tools import ports, use, welcome

PREPARE = [sys.executable, "-m", "tools.prepare", "--demo"]
SITE = [sys.executable, "-m", "tools.live", ports.HOST]
BUILDER = ["node", "tools/assets.mjs", "--watch"]
PATIENCE = 5.0  # seconds between SIGTERM and SIGKILL


def main() -> int:
    """Start everything, say what is where, and wait.

    Returns:
        0 if asked to stop, 2 for wrong settings, otherwise the exit code of the program that ended
        first.
    """
    with environment.told_at_once():
        ours = settings.load()
    if ours.in_production:
        print("`make run` is for development: APP_ENV must not be production", file=sys.stderr)
        return 2
    port = str(ours.port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _asked_to_stop)
    if not ports.is_free(ours.port):
        print(f"Port {port} is taken. Try another one: make run PORT=5001", file=sys.stderr)
        return 1
    running: dict[str, subprocess.Popen[bytes]] = {}
    make = stopping.make()
    try:
        with use.shared(ours):
            running["builder"] = _started(BUILDER, port)
            running["database"] = _started(PREPARE, port, errors=PIPE)
            if not _is_prepared(running["database"]):
                return 1
            del running["database"]
            running["site"] = _started([*SITE, port], port)
            return _watch(running, make, ours)
    except use.Busy:
        print("`make reset` is at work. Try again in a moment.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(running)


def _is_prepared(preparing: subprocess.Popen[bytes]) -> bool:
    """Wait until the database is up to date; print the errors of that only if it fails."""
    _, said = preparing.communicate()
    if preparing.returncode:
        print(said.decode(), file=sys.stderr)
    return preparing.returncode == 0


def _started(command: list[str], port: str, errors: int | None = None) -> subprocess.Popen[bytes]:
    environ = os.environ | {"PORT": port, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, env=environ, start_new_session=True, stderr=errors)


def _watch(
    running: dict[str, subprocess.Popen[bytes]], make: tuple[int, int], ours: Settings
) -> int:
    announced = False
    while True:
        for name, process in running.items():
            if (code := process.poll()) is not None:
                print(f"The {name} ended with exit code {code}.", file=sys.stderr)
                return code or 1
        if stopping.is_over(make):
            return 0
        if not announced and (announced := bool(ports.status(ours.port))):
            print(welcome.words(ours), flush=True)
        time.sleep(0.2)


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in running.values():
        _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for process in running.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _signal_group(process, signal.SIGKILL)  # also for processes left behind in the group


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _asked_to_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
