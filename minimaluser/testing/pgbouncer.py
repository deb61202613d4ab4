"""A real PgBouncer in front of a PostgreSQL server of tests, with its own defaults."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from minimaluser.testing.postgres import OWNER, Postgres
from minimaluser.testing.processes import Process, free_port, until

MODES = ("transaction", "session")
START_SECONDS = 20
CONFIG = """[databases]
* = host=127.0.0.1 port={server}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = {owner}
pool_mode = {mode}
"""


class PgBouncer:
    """A pooler on loopback; `url` leads through it, `ask` is a command of its console."""

    def __init__(self, server: Postgres, mode: str, more: str) -> None:
        self.port = free_port()
        folder = server.folder / f"pooler-{self.port}"  # where that user may read
        folder.mkdir()
        users, file = folder / "users", folder / "pgbouncer.ini"
        users.write_text(f'"{OWNER}" ""\n')
        blanks = {"server": server.port, "port": self.port, "owner": OWNER, "mode": mode}
        file.write_text(CONFIG.format(users=users, **blanks) + more)
        command = [program(), "--quiet", file]  # it refuses to run as root, as the server does
        self.process = Process(command, {}, folder / "log", **server.unprivileged)
        ready = until(lambda: self._answers() or not self.process.is_alive, START_SECONDS)
        assert ready, self.process.said()
        assert self.process.is_alive, self.process.said()

    def url(self, name: str) -> str:
        """The address of a database, as DATABASE_URL wants it."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def ask(self, command: str) -> list[tuple[object, ...]]:
        """Give a command to the console, and return its rows."""
        at = f"{self.url('pgbouncer')}?client_encoding=utf8"
        with psycopg.connect(at, autocommit=True, prepare_threshold=None) as console:
            cursor = psycopg.ClientCursor(console).execute(command.encode())
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        try:
            self.ask("SHOW VERSION")
        except psycopg.Error:
            return False
        return True


def program() -> str:
    """Return where PgBouncer is; a test that needs it is skipped without it."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None:
        pytest.skip("PgBouncer is not installed (apt-get install pgbouncer)")
    return found


@contextmanager
def running(server: Postgres, mode: str = "transaction", more: str = "") -> Iterator[PgBouncer]:
    """Start a pooler, and end it after the block; `more` are lines of its configuration."""
    pooler = PgBouncer(server, mode, more)
    try:
        yield pooler
    finally:
        pooler.process.kill()
