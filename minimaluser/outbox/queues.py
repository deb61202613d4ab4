"""Where the engine keeps its tasks: a SQLite file of its own, or PostgreSQL, through a pooler too.

No connection that an error came over is used again, since it may be lost or only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from huey.storage import BaseSqlStorage, PostgresStorage, SqliteStorage

from minimaluser.lib import private_file

CONNECTIONS = 2  # one asks, the other listens


class _Renewed(BaseSqlStorage):
    _conn: Any

    @contextmanager
    def db(self, commit: bool = False, close: bool = False) -> Iterator[Any]:
        try:
            with super().db(commit=commit, close=close) as cursor:
                yield cursor
        except Exception:
            with self.lock, suppress(Exception):
                used, self._conn = self._conn, None
                used.close()
            raise


class SqliteQueue(_Renewed, SqliteStorage):
    """Tasks in a file."""

    def _create_connection(self) -> Any:
        private_file.of_sqlite(self.filename)
        return super()._create_connection()


class PostgresQueue(_Renewed, PostgresStorage):
    """Tasks in PostgreSQL; every statement is in a transaction that begins with `begin`."""

    def __init__(self, *args: Any, begin: str, **more: Any) -> None:
        self.begin_sql = begin
        super().__init__(*args, **more)

    @contextmanager
    def db(self, commit: bool = False, close: bool = False) -> Iterator[Any]:
        with super().db(commit=True, close=close) as cursor:
            yield cursor

    def dequeue(self) -> Any:
        return _anew(super().dequeue)

    def read_schedule(self, ts: Any) -> Any:
        return _anew(partial(super().read_schedule, ts))

    def _create_connection(self) -> Any:
        """Connect; a worker then waits for a notification, or looks again and again.

        A pooler may give the connection that listens to somebody else.
        """
        made = super()._create_connection()
        self.blocking = made.is_direct
        return made


def _anew(ask: Callable[[], Any]) -> Any:
    """Ask again over new connections if the server has ended the old ones while they were idle."""
    from psycopg import OperationalError

    for _ in range(CONNECTIONS):
        with suppress(OperationalError):
            return ask()
    return ask()
