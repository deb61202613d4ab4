"""The database: the engine, and transactions that lose nothing and lock briefly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, Table, event, exc
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.orm.exc import ObjectDeletedError

from minimaluser.lib import connections, disks
from minimaluser.settings import BadSettings


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


db = SQLAlchemy(model_class=Base)

AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)  # it does not answer, or late
GONE = ObjectDeletedError  # a row that was loaded, and is no longer there when it is read again
WRITES = "inside a transaction that may write"


class Taken(Exception):
    """What may be in the database once, such as a nickname, is there already."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or nothing of it.

    A request reads outside of it, in a transaction that locks nothing and ends here. What was
    loaded stays so, also after the commit, and is to be looked at under a lock (`people.lock`).

    Raises:
        RuntimeError: inside another one, or something was changed before it.
        Taken: the database refused a value because another row has it.
        Whatever else the block or the commit raises, after the rollback.
    """
    rows = db.session()
    _stop_reading(rows)
    _at_the_door()
    rows.info[WRITES] = True
    try:
        yield
        with _everything_kept(rows, rows.expire_on_commit and not has_request_context()):
            rows.commit()
    except BaseException as problem:
        rows.rollback()
        if connections.is_double(problem):
            raise Taken from problem
        raise
    finally:
        del rows.info[WRITES]


def insist_on_a_transaction() -> None:
    """Check that `transaction()` is open here, so that what is written will be committed.

    Raises:
        RuntimeError: it is not.
    """
    if WRITES not in db.session().info:
        raise RuntimeError("this writes, so call it inside `transaction()`")


@contextmanager
def transaction_before() -> Iterator[None]:
    """Commit the block by itself, ahead of the use case's own transaction.

    Nothing is locked afterwards, and what the request has loaded stays loaded.
    """
    with _everything_kept(db.session()), transaction():
        yield


def _stop_reading(rows: Session) -> None:
    """End what a request has read so far: SQLite cannot write in a transaction that read first."""
    if WRITES in rows.info:
        raise RuntimeError("a transaction inside another one would commit both")
    if not has_request_context():
        return
    if rows.new or rows.deleted or any(rows.is_modified(row) for row in rows.dirty):
        raise RuntimeError("something was changed before the transaction that is to commit it")
    if rows.in_transaction() and rows.get_bind().dialect.name == "sqlite":
        with _everything_kept(rows):
            rows.commit()


def _at_the_door() -> None:
    """Every transaction that may write begins here, with nothing locked: a place for tests."""


@contextmanager
def _everything_kept(rows: Session, expire: bool = False) -> Iterator[None]:
    before, rows.expire_on_commit = rows.expire_on_commit, expire
    try:
        yield
    finally:
        rows.expire_on_commit = before


def bind(app: Flask) -> None:
    """Give an app its database.

    Raises:
        BadSettings: it would be a file where SQLite cannot lock anything.
    """
    db.init_app(app)
    with app.app_context():
        file = db.engine.dialect.name == "sqlite" and db.engine.url.database
    if file and file != ":memory:" and (why := disks.missing(Path(file).parent)):
        problem = f"DATABASE_URL must not lead to a file that {why}"
        raise BadSettings("This site cannot start", [problem])
    app.teardown_appcontext(_let_go)


def _let_go(_error: BaseException | None = None) -> None:
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


def takes_writes() -> bool:
    """Tell whether the database takes what is written now; nothing is."""
    if connections.takes_writes(db.session):
        return True
    connect_anew()
    return connections.takes_writes(db.session)


def connect_anew() -> None:
    """Let go of all idle connections: what was made while nothing could be written only reads."""
    db.session.remove()
    db.engine.dispose()


def empty_write_ahead_log() -> None:
    """Have SQLite leave no earlier page beside its file; see `lib.connections`."""
    connections.empty_write_ahead_log(db.engine)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        reads = has_request_context() and WRITES not in db.session().info
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@event.listens_for(db.session, "before_flush")
def _insist_before_rows(rows: Session, *_about: Any) -> None:
    _insist_on_a_transaction(rows)


@event.listens_for(db.session, "do_orm_execute")
def _insist_before_statements(asked: ORMExecuteState) -> None:
    if asked.is_insert or asked.is_update or asked.is_delete:
        _insist_on_a_transaction(asked.session)


def _insist_on_a_transaction(rows: Session) -> None:
    if has_request_context() and WRITES not in rows.info:
        raise RuntimeError("a request writes inside `transaction()` only")
