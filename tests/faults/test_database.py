"""Rows 1 to 4, 13 and 14: the database stopped, restarted, slow, locked, killed, full."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import STYLES, first
from minimaluser.testing.processes import Process, until
from tests.faults.conftest import both
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]


def is_well(stage: Stage, seconds: float = 10) -> float:
    """Return how long it took until somebody could sign up again."""
    began, numbers = time.monotonic(), iter(range(10_000))
    stem = f"well{len(stage.answers)}"

    def works() -> bool:
        return bool(stage.sign_up(f"{stem}-{next(numbers)}@example.org").last.status == 303)

    assert until(works, seconds, 0.2)
    return time.monotonic() - began


def are_not_now(answers: list[Page], seconds: float) -> None:
    for answer in answers:
        assert answer.status == 503, answer
        assert answer.headers["Retry-After"].isdecimal(), answer
        assert answer.seconds < seconds, answer


def what_needs_no_database_works(stage: Stage, web: Process) -> None:
    visitor = stage.visitor("nobody@example.org")
    offline = visitor.get("/offline")
    style = first(STYLES, offline.text)
    for path in ("/healthz", "/offline", "/about", style):
        answer = visitor.get(path)
        assert (answer.status, answer.seconds < 1) == (200, True), answer
    assert web.is_alive


def finish(stage: Stage, line: Row, tries: int, note: str = "") -> None:
    """Let a worker do what is left, and judge."""
    stage.start_worker()
    assert stage.drained(60)
    line.finish(tries, look(stage, allow_503=True), note)


def test_fault_01_without_its_database_the_site_says_not_now_and_comes_back_by_itself(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("01 database stopped", "postgresql")
    stage = make_stage("postgresql")
    assert stage.database.server
    web = stage.start_web()
    known = stage.sign_up("known@example.org")
    stage.database.server.stop()
    stage.answers.clear()
    token = known.cookies
    answers = [known.get("/profile") for _ in range(10)] + [known.get("/") for _ in range(10)]
    for n in range(10):
        answers.append(stage.visitor(f"n{n}@example.org").sign_up())
        form = {"email": known.email, "key": "some key that is wrong"}
        answers.append(stage.visitor(known.email).post("/login", form, "/login"))
    are_not_now(answers, 3)
    what_needs_no_database_works(stage, web)
    stage.database.server.start()
    recovery = is_well(stage)
    assert known.cookies == token
    assert known.get("/profile").status == 200, "the session is still there"
    assert recovery < 5
    finish(stage, line, len(answers), f"back after {recovery:.1f} s")


def test_fault_02_a_database_that_restarts_under_load_costs_moments_only(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("02 database restarted (immediate) under load", "postgresql")
    stage = make_stage("postgresql")
    server = stage.database.server
    assert server
    stage.start_web()
    worst = 0.0
    with stage.trickle("r"):
        for _ in range(4):
            time.sleep(1)
            server.stop(signal.SIGQUIT)
            time.sleep(0.5)
            server.start()
            worst = max(worst, is_well(stage))
    assert all(answer.status for answer in stage.answers), "a connection broke"
    finish(stage, line, 4, f"back after {worst:.1f} s, {len(stage.acknowledged)} signed up")
    assert worst < 5


def test_fault_03_a_locked_table_or_a_slow_statement_ends_in_time(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("03 table locked, statement slow", "postgresql")
    stage = make_stage("postgresql")
    web = stage.start_web()
    known = stage.sign_up("known@example.org")
    with psycopg.connect(stage.database.url) as holder:
        holder.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        are_not_now([known.get("/profile"), stage.sign_up("locked@example.org").last], 3.5)
        what_needs_no_database_works(stage, web)
        many = [threading.Thread(target=known.get, args=("/profile",)) for _ in range(4)]
        for thread in many:
            thread.start()
        time.sleep(0.3)
        what_needs_no_database_works(stage, web)
        for thread in many:
            thread.join()
        holder.rollback()
    is_well(stage)
    stage.database.do(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(6); RETURN NEW; END $$"
    )
    stage.database.do(
        "CREATE TRIGGER dawdle BEFORE INSERT ON token FOR EACH ROW EXECUTE FUNCTION dawdle()"
    )
    are_not_now([stage.sign_up("slow@example.org").last], 4)
    stage.database.do("DROP TRIGGER dawdle ON token")
    is_well(stage)
    finish(stage, line, 7)


def test_fault_04_another_writer_in_the_file_costs_five_seconds(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("04 another process writes for 10 s", "sqlite")
    stage = make_stage("sqlite")
    web = stage.start_web()
    known = stage.sign_up("known@example.org")
    with closing(sqlite3.connect(stage.database.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        waiting = threading.Thread(target=stage.sign_up, args=("waiting@example.org",))
        waiting.start()
        time.sleep(0.5)
        what_needs_no_database_works(stage, web)
        assert known.get("/profile").status == 200, "who only reads does not wait"
        waiting.join()
        answer = next(a for a in reversed(stage.answers) if a.path == "/signup")
        are_not_now([answer], 6.5)
        assert answer.seconds > 4
        time.sleep(max(0, 10 - (time.monotonic() - began)))
        other.execute("ROLLBACK")
    assert is_well(stage) < 2
    finish(stage, line, 1, f"told after {answer.seconds:.1f} s")


@both
def test_fault_13_what_was_acknowledged_outlives_the_database(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("13 kill -9 of the database during sign-ups", kind)
    stage = make_stage(kind)
    server, rounds = stage.database.server, 3
    web = stage.start_web()
    worker = stage.start_worker()
    port = int(stage.base.rpartition(":")[2])
    for number in range(rounds):
        with stage.trickle(f"p{number}-", pause=0.02, lanes=3):
            time.sleep(1.5)
            if server:
                server.kill()
                time.sleep(0.5)
            else:  # the file is in the hands of these two
                web.kill()
                worker.kill()
        if server:
            server.start()
        else:
            stage.database.let_leases_end()
            web, worker = stage.start_web(port=port), stage.start_worker()
        is_well(stage)
    worker.kill()
    stage.database.settle_but_web()
    stage.database.let_leases_end()
    finish(stage, line, rounds, f"{len(stage.acknowledged)} signed up")


@contextmanager
def small_disk(folder: Path, megabytes: int, owner: int = 0) -> Iterator[Path]:
    """A disk in memory that is soon full."""
    folder.mkdir(exist_ok=True)
    options = f"size={megabytes}m,mode=700,uid={owner}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield folder
    finally:
        until(
            lambda: (
                subprocess.run(["umount", folder], capture_output=True, check=False).returncode == 0
            ),
            10,
            0.2,
        )


def fill(disk: Path) -> Path:
    """Take what is left, to the last byte."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0")
    return filler


@both
def test_fault_14_a_full_disk_is_not_now_and_leaves_no_half_of_anything(
    kind: str, ground: Path, make_stage: MakeStage, row: OpenRow, request: pytest.FixtureRequest
) -> None:
    line = row("14 disk full", kind)
    disk_folder = ground / f"disk-{kind}"
    if kind == "sqlite":
        with small_disk(disk_folder, 4) as disk:
            stage = make_stage(kind, folder=disk)
            try:
                _fill_and_go_on(stage, disk, line)
            finally:
                for process in stage.processes:
                    process.kill()
        return
    server = request.getfixturevalue("server")
    owner = server.unprivileged.get("user", 0)
    with small_disk(disk_folder, 24, owner) as disk:
        server.do(f"CREATE TABLESPACE small LOCATION '{disk}'")
        stage = make_stage(kind)
        name = stage.database.url.rpartition("/")[2]
        try:
            server.do(f"ALTER DATABASE {name} SET TABLESPACE small")
            _fill_and_go_on(stage, disk, line)
        finally:
            for process in stage.processes:
                process.kill()
            server.do(f"DROP DATABASE {name} WITH (FORCE)")
            server.do("DROP TABLESPACE small")
            stage.database.server = None


def _fill_and_go_on(stage: Stage, disk: Path, line: Row) -> None:
    web = stage.start_web()
    stage.sign_up("before@example.org")
    refused = 0
    for turn in range(3):
        filler = fill(disk)
        for n in range(40):  # what is allocated already may hold some
            answer = stage.sign_up(f"full{turn}-{n}@example.org").last
            assert answer.status in {303, 503}, answer
            refused += answer.status == 503
            if refused > 3 * (turn + 1):
                break
        assert refused > 3 * turn, "the disk was not full"
        what_needs_no_database_works(stage, web)
        if stage.database.kind == "sqlite":
            assert stage.visitor("probe@example.org").get("/readyz").status == 503
        filler.unlink()
        is_well(stage)
        assert stage.visitor("probe@example.org").get("/readyz").status == 200
    finish(stage, line, refused, f"{refused} refused, {len(stage.acknowledged)} signed up")
