"""Slices of load on a running server, and what they cost it."""

from __future__ import annotations

import http.client
import os
import time
from dataclasses import dataclass
from pathlib import Path

from tools.bench.things import Thing, Who, write

SERVER, LOAD = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))  # cores


@dataclass(frozen=True)
class Slice:
    """What one slice has shown: requests, CPU seconds of the server, the time of each answer."""

    requests: int
    cpu: float
    seconds: list[float]
    bytes: int

    @property
    def milliseconds(self) -> float:
        """Return the CPU milliseconds of a request."""
        return 1000 * self.cpu / self.requests


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has used: of all threads, in nanoseconds (proc(5))."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except OSError:  # a kernel that does not tell, or a thread that has ended
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Return the MiB of memory that a process holds (VmRSS, proc(5))."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


class Client:
    """A connection that is kept, over which one request after the other is sent."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, thing: Thing, who: Who) -> tuple[float, int]:
        """Do a thing; return the seconds it took and the bytes of the body.

        Raises:
            RuntimeError: the answer is another than usual.
        """
        request = write(thing, who)
        began = time.perf_counter()
        self.connection.request(request.method, request.path, request.body, dict(request.headers))
        answer = self.connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        if answer.status != thing.status:
            raise RuntimeError(f"{thing.name}: {answer.status} instead of {thing.status}")
        return seconds, len(body)

    def slice(self, pid: int, thing: Thing, who: Who, seconds: float) -> Slice:
        """Do a thing for some seconds, at least twice, and say what that cost the process."""
        before, until, times, size = cpu_of(pid), time.perf_counter() + seconds, list[float](), 0
        while len(times) < 2 or time.perf_counter() < until:
            took, size = self.ask(thing, who)
            times.append(took)
        return Slice(len(times), cpu_of(pid) - before, times, size)
