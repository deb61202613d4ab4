"""Nothing outlives a run that is stopped, by whatever signal, to pytest or to make alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from minimaluser.settings import ROOT
from minimaluser.testing.processes import until

# A run of tests with a database and a program that does not want to end, in a worker of xdist.
CONFTEST = """
import tempfile
from pathlib import Path

import pytest

from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import Process
from minimaluser.testing.stopping import pytest_configure as pytest_configure

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def server():
    server = Postgres(hasty=True)
    server.start()
    yield server
    server.end()


@pytest.fixture(scope="session")
def stubborn():
    deaf = "trap '' TERM INT HUP; sleep 600 & wait; wait"
    process = Process(["sh", "-c", deaf], {}, HERE / "log")
    yield process
    process.kill()
"""
TEST = """
import time
from pathlib import Path


def test_that_takes_long(server, stubborn):
    Path(__file__).with_name("folder").write_text(str(server.folder))
    time.sleep(600)
"""
START_SECONDS, END_SECONDS = 60, 40


def alive(mark: str) -> list[str]:
    """The programs that have a mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


Start = Callable[[str], tuple["subprocess.Popen[bytes]", str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start tests by `pytest`, in workers of it or by `make`; wait until they are at work."""
    started: list[tuple[subprocess.Popen[bytes], str]] = []
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_long.py").write_text(TEST)
    quiet = f"-q -p no:cacheprovider --rootdir={tmp_path} -c /dev/null {tmp_path}"
    words = f"{sys.executable} -m pytest {quiet}"
    (tmp_path / "Makefile").write_text(f"run:\n\t@found=1 && exec {words} -n 1\n")
    commands = {
        "pytest": words.split(),
        "workers": [*words.split(), "-n", "1"],
        "make": ["make", "-f", f"{tmp_path}/Makefile"],
    }

    def begin(how: str) -> tuple[subprocess.Popen[bytes], str]:
        mark = uuid4().hex
        environ = {n: value for n, value in os.environ.items() if not n.startswith("PYTEST_")}
        with (tmp_path / "out").open("wb") as out:
            process = subprocess.Popen(
                commands[how],
                cwd=ROOT,
                env={**environ, "MARK": mark},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=heed_interrupts,
            )
        started.append((process, mark))
        ready = until((tmp_path / "folder").exists, START_SECONDS)
        assert ready, (tmp_path / "out").read_text()
        return process, mark

    yield begin
    for process, _ in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def heed_interrupts() -> None:
    """What a shell has put into the background inherits that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
@pytest.mark.parametrize(
    ("how", "number"),
    [
        ("pytest", signal.SIGTERM),
        ("make", signal.SIGINT),
        pytest.param("workers", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("pytest", signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("pytest", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("pytest", signal.SIGHUP, marks=pytest.mark.slow),
        pytest.param("make", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("make", signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_nothing_outlives_a_run_that_is_stopped(
    start: Start, tmp_path: Path, how: str, number: signal.Signals
) -> None:
    process, mark = start(how)
    assert [program for program in alive(mark) if "postgres" in program]
    process.send_signal(number)
    assert process.wait(END_SECONDS) != 0
    assert until(lambda: not alive(mark), END_SECONDS), alive(mark)
    assert not Path((tmp_path / "folder").read_text()).exists(), "the database's files"


def test_make_leaves_no_shell_between_itself_and_what_takes_long() -> None:
    """A shell that gets a signal of make's ends alone, and the tests would go on."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    recipes = re.findall(r"^\t@?(.*(?:pytest|-m (?:tests|tools)\.)(?: .*)?)$", text, re.MULTILINE)
    assert len(recipes) > 10
    chained = [recipe for recipe in recipes if re.search(r"&&|;|^\w+=", recipe)]
    assert chained
    assert [recipe for recipe in chained if not re.search(r"(^|&&\s+)exec [^&;]*$", recipe)] == []
