"""The Flask extensions, made once and bound to the app in create_app; no rules live here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import has_request_context, request
from flask_compress import Compress
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    event,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Constraint names are fixed, so that one migration history serves every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@event.listens_for(Table, "after_parent_attach")
def _give_no_id_twice(table: Table, metadata: MetaData) -> None:
    """Have SQLite count on when the newest row is gone, as PostgreSQL does."""
    key = table.autoincrement_column
    if metadata is not Base.metadata or key is None or "sqlite_autoincrement" in {*table.kwargs}:
        return
    if key.type.compile(dialect=sqlite.dialect()) == "INTEGER":
        table.kwargs["sqlite_autoincrement"] = True


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC, also on SQLite, which forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True)
login = LoginManager()
csrf = CSRFProtect()
compress = Compress()


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or nothing of it.

    Raises:
        Whatever the block or the commit raises, after the rollback.
    """
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def let_go(_error: BaseException | None = None) -> None:
    """End what a request still holds of the database, after its answer is made.

    Raises:
        sqlalchemy.exc.DBAPIError: for any reason but a connection that is lost. What was committed
            on that stays committed, so it must not take the answer with it.
    """
    try:
        db.session.remove()
    except DBAPIError as problem:
        if not problem.connection_invalidated:
            raise
        db.session.remove()


@contextmanager
def transaction_before() -> Iterator[None]:
    """Commit the block by itself, ahead of the use case's own transaction.

    Nothing is locked afterwards, and what the request has loaded stays loaded. To be used while
    nothing is changed yet.
    """
    rows = db.session()
    rows.expire_on_commit = False
    try:
        rows.commit()
        with transaction():
            yield
    finally:
        rows.expire_on_commit = True


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # "begin" below starts transactions, not the driver
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "synchronous=FULL",
        "secure_delete=ON",  # what is erased is no longer in the file either
    ):
        connection.execute(f"PRAGMA {pragma}")


def empty_write_ahead_log() -> None:
    """Bring what SQLite has committed into its file, so that no earlier page stays beside it.

    While somebody reads or writes it is left to the next time.
    """
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=200")  # nobody may write meanwhile
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute("PRAGMA busy_timeout=5000")
    finally:
        connection.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    reads = has_request_context() and request.method in {"GET", "HEAD"}
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
