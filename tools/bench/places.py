"""The apps that are measured: their settings, their servers, and what is done inside of them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Collection
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from minimaluser.testing.processes import (
    GUNICORN,
    START_SECONDS,
    Process,
    free_port,
    made_up_secrets,
    until,
)
from tools.bench.load import LOAD, SERVER, Client, cpu_of
from tools.bench.things import HOST, LIMITS, THINGS, Counts, Who, of_the_site

INSIDE = [sys.executable, "-m", "tools.bench.inside"]
APPS = {"limit": "tools.bench.limit:app", "site": "tools.bench.inside:site()"}
CALLGRIND = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--dump-before=getloadavg"]


@dataclass
class Place:
    """The limit or the site on one database.

    Attributes:
        app: a name in `APPS`.
        database: what the table calls it; empty if none is used.
        folder: its own; logs and all that is found lie there.
        who: what visitors carry.
        counts: what each thing takes, by its name.
        starts: the CPU seconds of each start.
    """

    app: str
    database: str
    url: str
    folder: Path
    who: Who = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    process: Process | None = None

    @property
    def name(self) -> str:
        return f"{self.app}, {self.database}" if self.database else self.app

    @property
    def environ(self) -> dict[str, str]:
        return {
            **made_up_secrets("the bench"),
            "APP_ENV": "production",
            "SITE_URL": f"https://{HOST}",
            "DATABASE_URL": self.url,
            "INSTANCE_PATH": str(self.folder),
            "MAILER_URL": "http://127.0.0.1:9",  # no worker asks for it
            "TRUSTED_PROXIES": "1",
            "BIND_ADDRESS": "127.0.0.1",
            "WEB_CONCURRENCY": "1",
            "WEB_THREADS": "4",
            "WSGI_APP": APPS[self.app],
            "BENCH": self.app,
            "PYTHONHASHSEED": "0",
        }

    def start(self) -> None:
        """Start its server on the core of servers, and wait for its first page."""
        port = free_port()
        environ = {**self.environ, "PORT": str(port)}
        started = Process(GUNICORN, environ, self.folder / "log", preexec_fn=_on_the_servers_core)
        self.process = started
        page = (LIMITS if self.app == "limit" else THINGS)[0]

        def answers() -> bool:
            self.client = Client(port)
            with suppress(OSError):
                self.client.ask(page, self.who)
                return True
            return False

        until(lambda: answers() or not started.is_alive, START_SECONDS)
        if not started.children:
            raise RuntimeError(f"{self.name} does not answer:\n{started.said()}")
        self.worker = started.children[0]
        self.starts.append(cpu_of(started.pid) + cpu_of(self.worker))

    def stop(self) -> None:
        """End its server at once, if it runs; nothing has to be kept."""
        if self.process is not None:
            self.process.kill()

    def instructions(self, times: int) -> dict[str, float]:
        """Return the millions of instructions of one of so many requests, for each thing."""
        found = {}
        for number, thing in enumerate(LIMITS if self.app == "limit" else of_the_site()):
            text = (self.folder / f"counted.{2 * number + 2}").read_text()
            total = int(re.findall(r"^totals: (\d+)", text, re.MULTILINE)[-1])
            found[thing.name] = total / thing.times(times) / 1e6
        return found


def inside(stack: ExitStack, places: Collection[Place], what: str, times: int = 1) -> None:
    """Run `tools.bench.inside` for all places at once, on all cores; see there.

    Raises:
        RuntimeError: it fails for one of them; with what it has said.
    """
    running = []
    for place in places:
        files = [
            f"--callgrind-out-file={place.folder}/counted",
            f"--vgdb-prefix={place.folder}/vgdb",
        ]
        command = [*([*CALLGRIND, *files] if what == "run" else []), *INSIDE, what, str(times)]
        log = place.folder / "log"
        running.append(Process(command, place.environ, log, preexec_fn=_on_all_cores))
        stack.callback(running[-1].stop)
    for place, process in zip(places, running, strict=True):
        if process.popen.wait():
            raise RuntimeError(f"{what} fails for {place.name}:\n{process.said()}")
        if what == "prepare":
            place.who = json.loads((place.folder / "prepare.json").read_text())
        elif what == "count":
            place.counts = json.loads((place.folder / "count.json").read_text())


def _on_the_servers_core() -> None:
    os.sched_setaffinity(0, {SERVER})


def _on_all_cores() -> None:
    os.sched_setaffinity(0, {SERVER, LOAD})
