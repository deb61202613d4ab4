"""The whole site as it is deployed: nginx, web processes, worker, mailer and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event, Thread

from flask import current_app

from minimaluser.testing.apps import migrate
from minimaluser.testing.door import Door
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import Process, free_port
from tests.faults.conftest import start_mailer
from tests.faults.nginx import Nginx
from tests.faults.stage import Database, Sink, Stage
from tools.bench.load import cpu_of
from tools.load.known import add_known

WITHOUT_LIMITS = "tools.bench.inside:site()"  # they count as always, but nobody reaches them
WAITING = """SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)
    FROM outbox_item WHERE state = 'waiting'"""
LOOK_SECONDS = 1.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Arrangement:
    """How many web servers with how many processes each there are, as nginx knows two at most."""

    servers: int
    each: int = 1

    @property
    def processes(self) -> int:
        return self.servers * self.each


@dataclass
class Site:
    """A site that runs.

    Attributes:
        known: e-mail address and cookie of each known user.
        parts: the processes, by what the report calls them.
    """

    stage: Stage
    known: list[tuple[str, str]]
    parts: dict[str, list[Process]]

    def cpu(self) -> dict[str, float]:
        """Return the CPU seconds that each part has used until now."""
        return {name: sum(map(cpu_of_all, parts)) for name, parts in self.parts.items()}

    def queue_age(self) -> float:
        """Return how many seconds the oldest task of the outbox has waited."""
        return float(self.stage.database.rows(WAITING)[0][0])


@contextmanager
def started(arrangement: Arrangement, known: int) -> Iterator[Site]:
    """Start a site that knows so many users; it ends with the block."""
    with ExitStack() as stack:
        folder = Path(mkdtemp(prefix="load-"))
        folder.chmod(0o755)  # nginx and PostgreSQL are other users
        stack.callback(rmtree, folder, ignore_errors=True)
        server, sink, port = Postgres(), Sink(), free_port()
        stack.callback(server.end)
        stack.callback(sink.controller.stop)
        server.start()
        database = Database("postgresql", server.create("site"), server)
        stage = Stage(folder, database, sink, Door(port), settings={"WSGI_APP": WITHOUT_LIMITS})
        stack.callback(stage.end)
        mailer = start_mailer(folder / "mailer", port, sink)
        stack.callback(mailer.stop)
        people: list[tuple[str, str]] = []
        migrate(stage.environ, lambda: people.extend(_filled(known)))
        database.do("ANALYZE")
        ports = [free_port() for _ in range(arrangement.servers)]
        webs = [stage.start_web(arrangement.each, each) for each in ports]
        worker = stage.start_worker()
        Nginx(stage, ports[0], ports[-1]).start()
        parts = {
            "web": webs,
            "PostgreSQL": [server.process] if server.process else [],
            "nginx": stage.processes[-1:],
            "worker and mailer": [worker, mailer],
        }
        yield Site(stage, people, parts)


@contextmanager
def watched_queue(site: Site) -> Iterator[list[float]]:
    """Note the age of the queue again and again, while the block runs."""
    ages, is_over = list[float](), Event()

    def watch() -> None:
        while not is_over.wait(LOOK_SECONDS):
            ages.append(site.queue_age())

    thread = Thread(target=watch)
    thread.start()
    try:
        yield ages
    finally:
        is_over.set()
        thread.join()


def idle() -> float:
    """Return the seconds in which cores had nothing to do since the start of the machine."""
    fields = Path("/proc/stat").read_text().partition("\n")[0].split()
    return sum(map(int, fields[4:6])) / TICKS


def _filled(known: int) -> Iterable[tuple[str, str]]:
    with redirect_stdout(StringIO()):
        current_app.cli.commands["seed"].main([], standalone_mode=False)
    return add_known(known)


def cpu_of_all(process: Process) -> float:
    """Return the CPU seconds of a process and of what it has started, also of what has ended."""
    total = 0.0
    for pid in (process.pid, *process.children):
        with suppress(OSError):  # it has just ended
            total += cpu_of(pid)
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return total + sum(map(int, fields[13:15])) / TICKS
