"""Processes of our own: started with a log, awaited, and ended by their id."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests

from minimaluser.testing import keeper
from minimaluser.testing.stopping import (
    end_all_when_asked_to_stop as end_all_when_asked_to_stop,
)

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
START_SECONDS = 60
PYTHON = [sys.executable, "-m"]  # not scripts beside it, which name the folder of the checkout
GUNICORN = [*PYTHON, "gunicorn", "-c", "deploy/gunicorn.conf.py", "--no-control-socket"]
# Empty beats what a developer's shell or .env says.
NEUTRAL = {
    **dict.fromkeys(("APP_ENV", "DATABASE_URL", "MAILER_URL", "WSGI_APP", "FLASK_DEBUG"), ""),
    **dict.fromkeys(("AWS_TILES_BUCKET_NAME", "AWS_TILES_BUCKET_URL", "AWS_ENDPOINT_URL"), ""),
    **dict.fromkeys(("PRIVATE_SIGNUP", "SIGNUP_KEY", "CONFIRMATION", "SW_DISABLED", "METRICS"), ""),
    "TRUSTED_PROXIES": "",
    "RATE_LIMIT_STORAGE_URL": "",
}


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], seconds: float, pause: float = 0.05) -> bool:
    """Wait until a function returns something true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(pause)
    return bool(true())


def made_up_secrets(whose: str) -> dict[str, str]:
    """Return what a site of tests signs with."""
    names = ("SESSION_SECRET", "JWT_SECRET_USER", "JWT_SECRET_HTML", "JWT_MAILER_SECRET")
    return {name: f"{name} of {whose} which is long enough: 0123456789" for name in names}


class Process:
    """A program with a process group of its own and a log."""

    def __init__(
        self, command: Sequence[object], environ: Mapping[str, str], log: Path, **more: object
    ) -> None:
        self.log = log
        words = [str(word) for word in command]
        with log.open("ab") as out:
            self.popen = subprocess.Popen(  # type: ignore[call-overload]
                words,
                cwd=ROOT,
                env={**os.environ, **NEUTRAL, **environ},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **more,
            )
        keeper.keep(self.popen)

    @property
    def pid(self) -> int:
        return int(self.popen.pid)

    @property
    def is_alive(self) -> bool:
        return self.popen.poll() is None

    @property
    def children(self) -> list[int]:
        """Ids of the processes it has started."""
        try:
            text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return []
        return [int(word) for word in text.split()]

    def memory(self) -> int:
        """Return the bytes of memory that it and what it has started hold (VmRSS, proc(5))."""
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in (self.pid, *self.children)]
        found = re.findall(r"^VmRSS:\s+(\d+) kB$", "\n".join(texts), re.MULTILINE)
        return sum(int(number) for number in found) * 1024

    def send(self, number: int) -> None:
        if self.is_alive:
            self.popen.send_signal(number)

    def kill(self) -> None:
        """End it and what it has started at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()
        keeper.let_go(self.popen)

    def stop(self, seconds: float = 15) -> None:
        """Ask it to end, and insist after a while."""
        self.send(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(seconds)
        self.kill()

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-6000:]


def wait_for(url: str, process: Process) -> None:
    """Wait until a server answers.

    Raises:
        AssertionError: it has ended, or does not answer; with what it has said.
    """

    def answers() -> bool:
        try:
            return requests.get(url, timeout=2).status_code == 200
        except requests.RequestException:
            return False

    ready = until(lambda: answers() or not process.is_alive, START_SECONDS)
    assert ready, f"It does not answer:\n{process.said()}"
    assert process.is_alive, f"It has ended:\n{process.said()}"
