"""A real site for browsers: an instance made once a test run, a copy of it served per worker."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minimaluser.testing.processes import NEUTRAL, ROOT, Process, free_port, wait_for

MOVED = [sys.executable, "-m", "minimaluser.testing.moved"]
SITE = [*MOVED, "flask", "--app", "e2e.site", "run", "--host", "127.0.0.1"]
WORKER = [*MOVED, "minimaluser.outbox.worker"]
PREPARE = [sys.executable, "-m", "tests.stock"]


def instance(folder: Path) -> Path:
    """Return an instance folder, migrated and seeded by whichever worker comes first."""
    folder.mkdir(exist_ok=True)
    made, ready = folder / "instance", folder / "ready"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            command = [*PREPARE, str(folder / "stock")]
            done = subprocess.run(
                command, cwd=ROOT, env=environment_of(made, port=1), capture_output=True, text=True
            )
            if done.returncode:
                raise AssertionError(f"No instance could be made:\n{done.stdout}{done.stderr}")
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
        wait_for(f"{address}/healthz", site)
        yield address
    finally:
        site.stop()
        worker.stop()


def environment_of(own: Path, port: int) -> dict[str, str]:
    ours = {"INSTANCE_PATH": str(own), "SITE_URL": f"http://127.0.0.1:{port}"}
    return {**os.environ, **NEUTRAL, **ours}
