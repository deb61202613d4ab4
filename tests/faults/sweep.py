"""Kill a deed at its first system call of a kind, at its second, … until it survives."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from minimaluser.testing import keeper
from minimaluser.testing.processes import BIN, ROOT

# What a process does to the world, and where it waits for an answer.
WRITES = {
    "sqlite": ("pwrite64", "write", "fdatasync", "fsync", "fcntl"),
    "postgresql": ("sendto", "recvfrom", "write"),
}
needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed (apt-get install strace)"
)


@dataclass(frozen=True)
class Outcome:
    """How a deed ended."""

    killed: bool
    status: int  # of HTTP, 0 without an answer
    cookie: str = ""
    location: str = ""
    problem: str = ""


@dataclass
class Nursery:
    """The process of `deeds.py`, and one child of it after the other."""

    log: Path
    environ: dict[str, str]
    popen: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        with self.log.open("a") as log:
            self.popen = subprocess.Popen(
                [BIN / "python", "-m", "tests.faults.deeds"],
                cwd=ROOT,
                env={**os.environ, **self.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        keeper.keep(self.popen)
        self._hear()

    def end(self) -> None:
        self.popen.communicate()
        keeper.let_go(self.popen)

    def do(
        self,
        app: dict[str, str],
        deed: str,
        tracing: str = "",
        *,
        killed_after: float | None = None,
        **order: Any,
    ) -> tuple[Outcome, str]:
        """Have a deed done, under strace or killed after some seconds if asked for.

        Returns:
            How it ended, and the cookie from before.
        """
        hold = bool(tracing) or killed_after is not None
        self._say({"app": app, "deed": deed, "hold": hold, **order})
        ready = self._hear()
        outcome: dict[str, Any] = {}
        if "ready" not in ready:
            outcome, ready = ready, {}
        tracer = attach(ready["ready"], tracing) if tracing and ready else None
        if hold and ready:
            os.kill(ready["ready"], signal.SIGUSR1)
        if killed_after is not None and ready:
            time.sleep(killed_after)
            os.kill(ready["ready"], signal.SIGKILL)  # a zombie at most: it is awaited after us
        while "ended" not in outcome:
            outcome |= self._hear()
        if tracer:
            tracer.wait(20)
        answer = outcome.get("answer", {"status": 0})
        problem = answer.pop("problem", "")
        return (
            Outcome(killed=outcome["ended"] == -signal.SIGKILL, problem=problem, **answer),
            ready.get("cookie", ""),
        )

    def _say(self, words: dict[str, Any]) -> None:
        assert self.popen.stdin
        self.popen.stdin.write(json.dumps(words) + "\n")
        self.popen.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.popen.stdout
        line = self.popen.stdout.readline()
        assert line, self.log.read_text()[-4000:]
        words: dict[str, Any] = json.loads(line)
        return words


def attach(pid: int, injection: str) -> subprocess.Popen[str]:
    """Have strace watch a process and all its threads, and tamper with its system calls."""
    calls = injection.partition(":")[0]
    tampering = ["-e", f"trace={calls}", "-e", f"inject={injection}"]
    command = ["strace", "-f", "-o", "/dev/null", *tampering]
    tracer = subprocess.Popen(
        [*command, "-p", str(pid)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert tracer.stderr
    words = ""
    while "attached" not in words:
        words = tracer.stderr.readline()
        assert words, "strace did not attach"
    tracer.stderr.close()
    return tracer


def kills(
    call: str, deed: Callable[[str], Outcome], step: int = 1, most: int = 400
) -> Iterator[tuple[int, Outcome]]:
    """Do it again and again, killed at the nth such call, until it lives through it."""
    for number in range(1, most, step):
        outcome = deed(f"{call}:signal=KILL:when={number}")
        yield number, outcome
        if not outcome.killed:
            return
    raise AssertionError(f"{call} is called more than {most} times")
