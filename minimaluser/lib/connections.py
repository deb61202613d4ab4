"""Connections to SQLite and PostgreSQL: how they begin, and which are of no use any more."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Pool, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import scoped_session

from minimaluser.lib import private_file

BEGIN = "begins"  # the execution option with the statement that begins a transaction
# The database only reads (after a failover, say), or has ended what took too long.
REFUSED = {"25006": "read only", "25P03": "idle in a transaction", "25P04": "long transaction"}
UNUSABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
DOUBLE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
LEAST_FREE_BYTES = 1 << 20
ONLY_READS = ("default_transaction_read_only", "in_hot_standby")


def beginning(limits: Mapping[str, str]) -> str:
    """Return what begins a transaction in PostgreSQL with settings that end with it.

    So they reach the server through a pooler, too, stay with nobody else, and cost no round trip.
    """
    return "; ".join(["BEGIN", *(f"SET LOCAL {name} = '{limits[name]}'" for name in limits)])


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # a statement begins transactions, not the driver
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "synchronous=FULL",
        "secure_delete=ON",  # what is erased is no longer in the file either
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "do_connect")
def _make_file_of_sqlite(dialect: Any, _record: Any, place: Any, _told: Any) -> None:
    if dialect.name == "sqlite" and place:
        private_file.of_sqlite(place[0])


@event.listens_for(Engine, "do_connect")
def _connect_to_postgresql(_dialect: Any, _record: Any, place: Any, told: Any) -> Any:
    if "longest" not in told:
        return None
    from minimaluser.lib import patience

    return patience.connect(*place, **told)


@event.listens_for(Pool, "checkin")
def _keep_none_that_only_reads(connection: Any, record: Any) -> None:
    """Let go of a connection made while nothing could be written: it would only read for good.

    PostgreSQL 14 and newer tells that of each connection without being asked. A pooler tells what
    was true of its own first connection.
    """
    if getattr(connection, "is_direct", False) and "on" in map(
        connection.info.parameter_status, ONLY_READS
    ):
        record.invalidate()


@event.listens_for(Engine, "begin")
def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if BEGIN in options and options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql(options[BEGIN])


@event.listens_for(Engine, "handle_error")
def _throw_away(context: ExceptionContext) -> OperationalError | None:
    """Have no connection used again that was made while nothing could be written."""
    problem = context.original_exception
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    if code not in UNUSABLE and getattr(problem, "sqlstate", "") not in REFUSED:
        return None
    context.is_disconnect = True  # all that are idle are made anew, too
    return OperationalError(
        context.statement, None, problem, hide_parameters=True, connection_invalidated=True
    )


def takes_writes(rows: scoped_session[Any]) -> bool:
    """Tell whether what is written now would be taken, without writing."""
    engine = rows.connection().engine
    if engine.dialect.name != "sqlite":
        return bool(rows.execute(text("SHOW transaction_read_only")).scalar() == "off")
    rows.execute(text("PRAGMA schema_version"))  # reads the file
    file = engine.url.database
    return not file or file == ":memory:" or _has_room(Path(file))


def _has_room(file: Path) -> bool:
    disk = os.statvfs(file.parent)
    may = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    return may and disk.f_bavail * disk.f_frsize >= LEAST_FREE_BYTES


def empty_write_ahead_log(engine: Engine) -> None:
    """Bring what SQLite has committed into its file, so that no earlier page stays beside it.

    While somebody reads or writes it is left to the next time.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=200")  # nobody may write meanwhile
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute("PRAGMA busy_timeout=5000")
    finally:
        connection.close()


def is_double(problem: BaseException) -> bool:
    """Tell whether the database refused a row because there is one with such a value already."""
    if not isinstance(problem, IntegrityError):
        return False
    given = problem.orig
    names = {getattr(given, "sqlstate", None), getattr(given, "sqlite_errorname", None)}
    return not DOUBLE.isdisjoint(names)
