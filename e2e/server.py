"""A real site for browsers: an instance made once a test run, a copy of it served per worker."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.processes import NEUTRAL, ROOT, START_SECONDS, Process, free_port, until

SITE = [sys.executable, "-m", "flask", "--app", "e2e.site", "run", "--host", "127.0.0.1"]
WORKER = [sys.executable, "-m", "minimaluser.outbox.worker"]
PREPARE = [sys.executable, "-m", "tests.stock"]


class NotStarted(Exception):
    """The site does not run; the message holds what it wrote."""


def instance(folder: Path) -> Path:
    """Return an instance folder, migrated and seeded by whichever worker comes first."""
    folder.mkdir(exist_ok=True)
    made, ready = folder / "instance", folder / "ready"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            command = [*PREPARE, str(folder / "stock")]
            done = subprocess.run(
                command, cwd=ROOT, env=environment_of(made, port=0), capture_output=True, text=True
            )
            if done.returncode:
                raise NotStarted(f"No instance could be made:\n{done.stdout}{done.stderr}")
            ready.touch()
    return made


@contextmanager
def serve(made: Path, folder: Path) -> Iterator[str]:
    """Serve a copy of an instance on a free port of this machine; yield its address."""
    own, port = folder / "instance", free_port()
    shutil.copytree(made, own)
    environment, address = environment_of(own, port), f"http://127.0.0.1:{port}"
    site = Process([*SITE, "--port", port], environment, folder / "log")
    worker = Process(WORKER, environment, folder / "log")
    try:
        if not until(lambda: _answers(address) or not site.is_alive, START_SECONDS):
            raise NotStarted(f"The site does not answer:\n{site.said()}")
        if not site.is_alive:
            raise NotStarted(f"The site has ended:\n{site.said()}")
        yield address
    finally:
        site.stop()
        worker.stop()


def environment_of(own: Path, port: int) -> dict[str, str]:
    ours = {"INSTANCE_PATH": str(own), "SITE_URL": f"http://127.0.0.1:{port}"}
    return {**os.environ, **NEUTRAL, **ours}


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2):
            return True
    except OSError:
        return False
