"""Real parts, made once: PostgreSQL, mailer, mail sink, store; a stage of its own for each test."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from minimaluser.testing.apps import migrate
from minimaluser.testing.door import Door
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import GUNICORN, Process, free_port, wait_for
from tests.faults.inquest import Row, table
from tests.faults.stage import SECRETS, STORE, Bucket, Database, Sink, Stage
from tests.faults.sweep import Nursery

KINDS = ("sqlite", "postgresql")
both = pytest.mark.parametrize("kind", KINDS)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder that lives as long as the run; short, and readable by all."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.controller.stop()


@pytest.fixture(scope="session")
def mailer(ground: Path, sink: Sink) -> Iterator[int]:
    """The port of the one real mailer; each test has a door of its own in front of it."""
    port = free_port()
    process = start_mailer(ground / "mailer", port, sink)
    yield port
    process.stop()


def start_mailer(
    folder: Path, port: int, sink: Sink, host: str = "127.0.0.1", enter: Sequence[str] = ()
) -> Process:
    """Start a mailer, on another host if `enter` is what runs a command there."""
    environ = {
        "JWT_MAILER_SECRET": SECRETS["JWT_MAILER_SECRET"],
        "SMTP_URL": sink.url,
        "MAIL_FROM": "site@faults.example",
        "INSTANCE_PATH": str(folder),
        "MAILER_RECIPIENT_A_DAY": "1000",
        "MAILER_A_MINUTE": "10000",  # everybody's mail goes through it
        "PORT": str(port),
        "BIND_ADDRESS": "0.0.0.0" if enter else host,
        "WEB_CONCURRENCY": "1",
        "METRICS": "",
    }
    command = [*enter, *GUNICORN, "minimaluser.mailer:create_app()"]
    process = Process(command, environ, folder.with_suffix(".log"))
    try:
        wait_for(f"http://{host}:{port}/healthz", process)
    except BaseException:
        process.kill()
        raise
    return process


@pytest.fixture(scope="session")
def store() -> Iterator[int]:
    """The port of an S3-compatible store."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture(scope="session")
def empty(ground: Path) -> Path:
    """A migrated SQLite file."""
    folder = ground / "empty"
    migrate({"INSTANCE_PATH": str(folder), "DATABASE_URL": ""})
    with closing(sqlite3.connect(folder / "site.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "site.db"


@pytest.fixture(scope="session")
def server(ground: Path) -> Iterator[Postgres]:
    """A PostgreSQL server with a migrated template; tests may stop and kill it."""
    server = Postgres()
    try:
        server.start()
        url = server.create("empty")
        migrate({"INSTANCE_PATH": str(ground / "empty-postgres"), "DATABASE_URL": url})
        yield server
    finally:
        server.end()


@pytest.fixture(scope="session")
def nursery(ground: Path) -> Iterator[Nursery]:
    """A process with the site in memory; each deed is done by a child of it."""
    nursery = Nursery(ground / "deeds.log", {**SECRETS, **STORE})
    yield nursery
    nursery.end()


@pytest.fixture
def make_stage(
    ground: Path, sink: Sink, mailer: int, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Stage]]:
    """Make a site with an empty database; `s3=True`: its tiles live in a bucket."""
    made: list[Stage] = []

    def make(kind: str, *, s3: bool = False, folder: Path | None = None, **settings: str) -> Stage:
        number = next(_numbers)
        folder = folder or ground / f"stage-{number}"
        folder.mkdir(exist_ok=True)
        if kind == "sqlite":
            shutil.copyfile(request.getfixturevalue("empty"), folder / "site.db")
            database = Database(kind, f"sqlite:///{folder / 'site.db'}")
        else:
            server: Postgres = request.getfixturevalue("server")
            server.start()
            database = Database(kind, server.create(f"stage_{number}", "empty"), server)
        stage = Stage(folder, database, sink, Door(mailer), settings=settings)
        if s3:
            port = request.getfixturevalue("store")
            stage.store = Door(port)
            stage.bucket = Bucket(f"tiles-{number}", f"http://127.0.0.1:{port}")
        made.append(stage)
        sink.all.clear()
        sink.at.clear()
        return stage

    yield make
    for stage in made:
        stage.end()
        if stage.database.server:
            stage.database.server.start()


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], Row]]:
    """Open a line of the table; it is kept also when the test ends early."""
    opened: list[Row] = []

    def open_row(fault: str, database: str) -> Row:
        opened.append(Row(fault, database))
        return opened[-1]

    yield open_row
    for each in opened:
        each.keep()
        request.node.user_properties.append(("fault", each.counts()))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes long; `make faults` runs it, `make unit` not")
    config.addinivalue_line("markers", "quick: a fault short enough for `make unit`")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "teardown"
        for name, value in getattr(report, "user_properties", ())
        if name == "fault"
    ]
    if rows:
        terminalreporter.section("what was lost")
        terminalreporter.write_line(table(rows))
