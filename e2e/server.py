"""A real site for browsers: an instance made once a test run, a copy of it served per worker."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from e2e import pictures

ROOT = Path(__file__).resolve().parent.parent
SITE = [sys.executable, "-m", "flask", "--app", "e2e.site", "run", "--host", "127.0.0.1"]
WORKER = [sys.executable, "-m", "minimaluser.worker"]
PREPARE = [sys.executable, "-m", "tools.prepare"]
START_SECONDS = 60
# Empty beats what a developer's shell or .env says.
NEUTRAL = (
    "APP_ENV",
    "DATABASE_URL",
    "MAILER_URL",
    "AWS_TILES_BUCKET_NAME",
    "AWS_TILES_BUCKET_URL",
    "PRIVATE_SIGNUP",
    "SW_DISABLED",
    "TRUSTED_PROXIES",
)


class NotStarted(Exception):
    """The site does not run; the message holds what it wrote."""


def instance(folder: Path) -> Path:
    """Return an instance folder, migrated and seeded by whichever worker comes first."""
    folder.mkdir(exist_ok=True)
    made, ready = folder / "instance", folder / "ready"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            command = [*PREPARE, "--pictures", str(pictures.draw(folder / "pictures"))]
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
    with ExitStack() as running:
        log = running.enter_context((folder / "log").open("w+"))
        site = running.enter_context(_started([*SITE, "--port", str(port)], environment, log))
        running.enter_context(_started(WORKER, environment, log))
        _wait(address, site, log)
        yield address


def environment_of(own: Path, port: int) -> dict[str, str]:
    ours = {"INSTANCE_PATH": str(own), "SITE_URL": f"http://127.0.0.1:{port}"}
    return {**os.environ, **dict.fromkeys(NEUTRAL, ""), **ours}


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], log: TextIO
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(address: str, site: subprocess.Popen[bytes], log: TextIO) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and site.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    log.seek(0)
    raise NotStarted(f"The site does not answer:\n{log.read()[-4000:]}")
