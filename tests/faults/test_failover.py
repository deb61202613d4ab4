"""Rows 29 and 30: a failover under load, and a database that only reads for a while."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from minimaluser.testing.pgbouncer import running
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import ROOT, until
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage
from tests.faults.test_database import (
    are_not_now,
    is_well,
    small_disk,
    what_needs_no_database_works,
)

pytestmark = pytest.mark.slow

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
ONLY_READS, GONE = 20, 10  # seconds
MOST_RECOVERY_SECONDS = 5
LEASE_SECONDS = 190  # of a mail whose end could not be noted, and until the next sweep
NOTICED_SECONDS = 3  # what a probe may be late, on a busy machine
READ_ONLY = "ALTER DATABASE {} SET default_transaction_read_only = on"
WRITES = "ALTER DATABASE {} RESET default_transaction_read_only"
OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
ADVICE = ("query_wait_timeout", "server_login_retry", "server_connect_timeout")


@dataclass
class Probe:
    """What `/readyz` said, and when."""

    said: list[tuple[float, int]] = field(default_factory=list)

    def between(self, start: float, end: float) -> set[int]:
        return {status for at, status in self.said if start <= at <= end}


@contextmanager
def probed(stage: Stage) -> Iterator[Probe]:
    """Ask `/readyz` twice a second while the block runs."""
    probe, done, visitor = Probe(), threading.Event(), stage.visitor("probe@example.org")
    visitor.answers = []  # "not ready" is no error

    def ask() -> None:
        while not done.wait(0.5):
            at = time.monotonic()
            probe.said.append((at, visitor.get("/readyz").status))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield probe
    finally:
        done.set()
        asking.join()


def advised() -> str:
    """The lines of deploy/pgbouncer.ini that a failover needs."""
    lines = (ROOT / "deploy" / "pgbouncer.ini").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.partition(" ")[0] in ADVICE]
    assert len(found) == len(ADVICE)
    return "\n".join(found) + "\n"


def in_order(stage: Stage) -> None:
    """Insist that every answer is one of a site at work, or "not now" and when to come back."""
    for answer in stage.answers:
        assert answer.status in {200, 303, 422, 503}, answer
        if answer.status == 503:
            assert answer.headers["Retry-After"].isdecimal(), answer


def nothing_bad_is_left(stage: Stage) -> None:
    """Use more connections at once than the pool keeps, and let none of them fail.

    On a busy machine some may have to wait too long for their key to be hashed.
    """
    before = {process.log: process.log.stat().st_size for process in stage.processes}
    count = len(stage.acknowledged)
    stage.sign_up_many([f"after{count}-{n}@example.org" for n in range(30)], lanes=8)
    said = b"".join(log.read_bytes()[size:] for log, size in before.items())
    assert [line for line in said.splitlines() if b"OperationalError" in line] == []
    assert len(stage.acknowledged) > count + 10


@pytest.mark.parametrize("through", ["nothing", "PgBouncer"])
def test_fault_29_a_failover_is_not_now_until_it_is_over(
    through: str, make_stage: MakeStage, row: OpenRow, server: Postgres
) -> None:
    line = row(f"29 failover: read-only 20 s, gone 10 s, back; through {through}", "postgresql")
    stage = make_stage("postgresql")
    name = stage.database.url.rpartition("/")[2]
    with ExitStack() as stack:
        if through == "PgBouncer":
            pooler = stack.enter_context(running(server, more=advised()))
            stage.settings["DATABASE_URL"] = pooler.url(name)
        stage.start_web(2)
        worker = stage.start_worker()
        probe = stack.enter_context(probed(stage))
        with stage.trickle("f"), reading(stage):
            assert until(lambda: len(stage.acknowledged) > 5, 30)
            server.do(READ_ONLY.format(name))
            stage.database.rows(OTHERS)
            read_only = time.monotonic()
            time.sleep(ONLY_READS)
            server.do(WRITES.format(name))
            gone = time.monotonic()
            server.stop()
            time.sleep(GONE)
            back = time.monotonic()
            server.start()
            up = time.monotonic()
            recovery = is_well(stage)
        assert until(lambda: probe.said[-1][1] == 200, MOST_RECOVERY_SECONDS)
        ready = time.monotonic() - up
        nothing_bad_is_left(stage)
        assert worker.is_alive
        assert stage.drained(LEASE_SECONDS)
        in_order(stage)
        note = f"back after {recovery:.1f} s, ready after {ready:.1f}"
        line.finish(1, look(stage, allow_503=True), note)
    assert probe.between(read_only + NOTICED_SECONDS, gone - 0.5) == {503}
    assert probe.between(gone + NOTICED_SECONDS, back - 0.5) == {503}
    assert recovery < MOST_RECOVERY_SECONDS


@contextmanager
def reading(stage: Stage) -> Iterator[None]:
    """Have somebody look at pages and log out and in meanwhile."""
    done, somebody = threading.Event(), stage.sign_up("reader@example.org")

    def go_on() -> None:
        while not done.wait(0.2):
            somebody.get("/profile")
            somebody.post("/profile/nickname", {"nickname": f"Reader {time.monotonic()}"})
            other = stage.visitor("nobody@example.org")
            other.post("/login", {"email": other.email, "key": "wrong"}, "/login")

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(go_on)
        try:
            yield
        finally:
            done.set()
    running.result()


@contextmanager
def read_only_folder(folder: Path) -> Iterator[Callable[[str], None]]:
    """A small disk in memory; what is yielded makes it read-only (`ro`) or not (`rw`)."""
    with small_disk(folder, 8) as disk:

        def become(how: str) -> None:
            subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)

        yield become


def test_fault_30_a_folder_that_cannot_be_written_to_is_not_now(
    ground: Path, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("30 the folder of the file read-only, then not", "sqlite")
    with read_only_folder(ground / "read-only") as become:
        stage = make_stage("sqlite")
        file = shutil.move(stage.database.file, ground / "read-only" / "site.db")
        stage.database.url = f"sqlite:///{file}"
        try:
            become("ro")
            web = stage.start_web()
            refused = [stage.sign_up(f"ro{n}@example.org").last for n in range(10)]
            refused += [stage.visitor("ro@example.org").get("/readyz") for _ in range(3)]
            are_not_now(refused, 3)
            what_needs_no_database_works(stage, web)
            become("rw")
            recovery = is_well(stage)
            assert stage.visitor("rw@example.org").get("/readyz").status == 200
            nothing_bad_is_left(stage)
            stage.start_worker()
            assert stage.drained(60)
            line.finish(len(refused), look(stage, allow_503=True), f"back after {recovery:.1f} s")
        finally:
            for process in stage.processes:
                process.kill()
    assert recovery < MOST_RECOVERY_SECONDS


def test_fault_30_a_database_that_only_reads_for_a_while_costs_no_restart(
    make_stage: MakeStage, row: OpenRow, server: Postgres
) -> None:
    """Nobody ends the connections, as a failover would, so those in the pools know it from then."""
    line = row("30 database read-only, then not; connections stay", "postgresql")
    stage = make_stage("postgresql")
    name = stage.database.url.rpartition("/")[2]
    stage.start_web(2)
    worker = stage.start_worker()
    with probed(stage) as probe, stage.trickle("o"), reading(stage):
        for _ in range(3):
            server.do(READ_ONLY.format(name))
            stage.database.rows(OTHERS)
            assert until(lambda: probe.said and probe.said[-1][1] == 503, 10)
            time.sleep(3)
            server.do(WRITES.format(name))
            recovery = is_well(stage)
            assert recovery < MOST_RECOVERY_SECONDS
            assert until(lambda: probe.said[-1][1] == 200, MOST_RECOVERY_SECONDS)
    nothing_bad_is_left(stage)
    assert worker.is_alive
    assert stage.drained(LEASE_SECONDS)
    in_order(stage)
    line.finish(3, look(stage, allow_503=True), f"back after {recovery:.1f} s")
