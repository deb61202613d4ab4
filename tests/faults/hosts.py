"""Three hosts on this machine, each in a network namespace, whose wires can be cut one by one.

Between each two of them there is a wire of its own, and all hang on a fourth one, where the test
is. A wire leads through a bridge in between, so that who is cut off sees no link go down: what is
sent is gone without a word, as when a switch fails.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from minimaluser.testing.postgres import OWNER, Postgres
from minimaluser.testing.processes import GUNICORN, Process, free_port, until, wait_for
from tests.faults.stage import Sink, Stage

WEB, DATABASE, MAILER = "web", "database", "mailer"
NUMBERS = {WEB: 2, DATABASE: 3, MAILER: 4}  # the last one of their addresses; the test has 1
PAIRS = tuple(itertools.combinations(NUMBERS, 2))


class Hosts:
    """The namespaces and the wires; `end` removes them."""

    def __init__(self) -> None:
        self.stem = f"mu{os.getpid() % 100_000}"
        self.switch = f"{self.stem}-switch"
        try:
            for name in (self.switch, *map(self.space, NUMBERS)):
                _ip("netns", "add", name)
                _ip("-n", name, "link", "set", "lo", "up")
            self._wire(0, (None, *NUMBERS))
            for number, pair in enumerate(PAIRS, 1):
                self._wire(number, pair)
        except BaseException:
            self.end()
            raise

    def space(self, host: str) -> str:
        return f"{self.stem}-{host}"

    def enter(self, host: str, user: int = 0) -> list[str]:
        """Return the words that run a command on a host."""
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        return ["ip", "netns", "exec", self.space(host), *drop]

    def address(self, host: str, towards: str = "") -> str:
        """Return the address of a host on its wire to another one, or to the test."""
        pair = tuple(name for name in NUMBERS if name in {host, towards})
        number = PAIRS.index(pair) + 1 if towards else 0
        return f"10.77.{number}.{NUMBERS[host]}"

    @contextmanager
    def cut(self, pair: tuple[str, str]) -> Iterator[None]:
        """Have nothing that one of two hosts sends to the other one arrive."""
        leg, bridge = self._leg(PAIRS.index(pair) + 1, pair[0]), f"b{PAIRS.index(pair) + 1}"
        _ip("-n", self.switch, "link", "set", leg, "nomaster")
        try:
            yield
        finally:
            _ip("-n", self.switch, "link", "set", leg, "master", bridge)

    def end(self) -> None:
        with suppress(subprocess.CalledProcessError):
            _ip("link", "del", f"{self.stem}t")
        for name in (self.switch, *map(self.space, NUMBERS)):
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", name)

    def _leg(self, number: int, host: str | None) -> str:
        return f"l{number}{(host or 'test')[0]}"

    def _wire(self, number: int, ends: tuple[str | None, ...]) -> None:
        bridge = f"b{number}"
        _ip("-n", self.switch, "link", "add", bridge, "type", "bridge")
        _ip("-n", self.switch, "link", "set", bridge, "up")
        for host in ends:
            leg, there = self._leg(number, host), f"w{number}" if host else f"{self.stem}t"
            place = ["netns", self.space(host)] if host else []
            peer = ["peer", "name", leg, "netns", self.switch]
            _ip("link", "add", there, *place, "type", "veth", *peer)
            inside = ["-n", self.space(host)] if host else []
            last = NUMBERS[host] if host else 1
            _ip(*inside, "addr", "add", f"10.77.{number}.{last}/24", "dev", there)
            _ip(*inside, "link", "set", there, "up")
            _ip("-n", self.switch, "link", "set", leg, "master", bridge)
            _ip("-n", self.switch, "link", "set", leg, "up")


@contextmanager
def hosts() -> Iterator[Hosts]:
    """Make them, or skip the test where this machine does not allow it."""
    try:
        made = Hosts()
    except (OSError, subprocess.CalledProcessError) as problem:
        said = getattr(problem, "stderr", b"") or str(problem).encode()
        pytest.skip(f"no network namespaces here: {said.decode().strip()}")
    try:
        yield made
    finally:
        made.end()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class FarPostgres(Postgres):
    """A server on the host for the database; the test reaches it by the fourth wire."""

    def __init__(self, hosts: Hosts) -> None:
        super().__init__()
        self.hosts = hosts
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.77.0.0/16 trust\n")

    def url(self, name: str, towards: str = "") -> str:
        return f"postgresql://{OWNER}@{self.hosts.address(DATABASE, towards)}:{self.port}/{name}"

    def start(self) -> None:
        if self._runs():
            return
        place = ["-p", str(self.port), "-h", "*", "-k", ""]
        more = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        enter = self.hosts.enter(DATABASE, int(self.unprivileged.get("user", 0)))
        command = [*enter, self.binaries / "postgres", "-D", self.data, *place, *more]
        self.process = Process(command, {}, self.folder / "log")
        assert until(self._answers, 30), self.process.said()


class FarSink(Sink):
    """A mail server where the test is."""

    host = "10.77.0.1"


@dataclass(kw_only=True)
class FarStage(Stage):
    """A site on these hosts: web server and worker on one of them."""

    hosts: Hosts

    def start_web(self, processes: int = 1, port: int = 0, **more: str) -> Process:
        port = port or free_port()
        own = {"PORT": str(port), "BIND_ADDRESS": "0.0.0.0", "WEB_CONCURRENCY": str(processes)}
        started = self._start(GUNICORN, f"web-{port}", {**own, **more})
        self.base = f"http://{self.hosts.address(WEB)}:{port}"
        wait_for(f"{self.base}/healthz", started)
        return started

    def _start(self, command: list[Any], name: str, environ: dict[str, str]) -> Process:
        return super()._start([*self.hosts.enter(WEB), *command], name, environ)
