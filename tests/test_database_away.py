"""A database that does not answer when something starts: a sentence, and no traceback."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.testing.processes import PYTHON, Process, until
from minimaluser.testing.sites import PRODUCTION

SECONDS = 30
AWAY = "The database does not answer: does it run, and is DATABASE_URL right?"
WORKER = [*PYTHON, "minimaluser.outbox.worker"]
UPGRADE = [*PYTHON, "flask", "--app", "minimaluser", "db", "upgrade"]
PREPARE = [*PYTHON, "tools.prepare"]
NOBODY_LISTENS = "postgresql://mu:hush@127.0.0.1:1/mu"

pytestmark = pytest.mark.sqlite  # each test says itself which database it has


@pytest.fixture
def lost(tmp_path: Path) -> str:
    """The address of a file that is nowhere until somebody makes the folder `there`."""
    (tmp_path / "site.db").symlink_to(tmp_path / "there" / "site.db")
    return f"sqlite:///{tmp_path / 'site.db'}"


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Process]]:
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.kill()


def start(command: list[str], folder: Path, url: str, started: list[Process]) -> Process:
    environ = PRODUCTION | {"INSTANCE_PATH": str(folder), "DATABASE_URL": url}
    started.append(Process(command, environ, folder / "log"))
    return started[0]


@pytest.mark.parametrize("command", [UPGRADE, PREPARE], ids=["migrations", "make run"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_OP1_migrations_say_in_a_sentence_that_the_database_is_away(
    tmp_path: Path, lost: str, started: list[Process], kind: str, command: list[str]
) -> None:
    url = lost if kind == "sqlite" else NOBODY_LISTENS
    process = start(command, tmp_path, url, started)
    assert process.popen.wait(SECONDS) == 1
    assert AWAY in process.said()
    assert "Traceback" not in process.said()
    assert "hush" not in process.said()


def test_OP1_migrations_say_in_a_sentence_that_the_database_only_reads(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app({"INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA query_only=ON"))
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert AWAY in caplog.text


def test_OP3_the_worker_waits_for_its_database_and_then_works(
    tmp_path: Path, lost: str, started: list[Process]
) -> None:
    process = start(WORKER, tmp_path, lost, started)
    assert until(lambda: AWAY in process.said(), SECONDS), process.said()
    assert "Traceback" not in process.said()
    (tmp_path / "there").mkdir()
    assert until(lambda: "The worker waits for mail" in process.log.read_text(), SECONDS)
    process.send(signal.SIGTERM)
    assert process.popen.wait(SECONDS) == 0


def test_OP3_a_worker_that_waits_for_its_database_says_so_once_and_ends_when_told(
    tmp_path: Path, started: list[Process]
) -> None:
    hasty = "from minimaluser.outbox import worker; worker.PAUSE_SECONDS = 0.1; worker.main()"
    process = start([sys.executable, "-c", hasty], tmp_path, NOBODY_LISTENS, started)
    assert until(lambda: AWAY in process.said(), SECONDS), process.said()
    assert not until(lambda: not process.is_alive, 0.5), "it is still waiting"
    process.send(signal.SIGTERM)
    assert process.popen.wait(SECONDS) == 0
    assert process.said().count(AWAY) == 1
    assert "Traceback" not in process.said()
    assert "hush" not in process.said()
