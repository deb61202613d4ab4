"""How Alembic reaches the site's database: through the app that Flask-Migrate has made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import context
from alembic.operations.ops import MigrationScript
from flask import current_app
from sqlalchemy import Connection, Table, event
from sqlalchemy.exc import OperationalError

from minimaluser import enumerations, schema
from minimaluser.filling import fill
from minimaluser.lib.connections import BEGIN, beginning
from minimaluser.lib.database_url import AWAY
from minimaluser.lib.revisions import History
from minimaluser.migrations import drop_removed, place

# A migration may take long, but must not wait long for a lock: all requests wait behind it then.
LOCKED = "55P03"
IN_USE = "A table was in use for longer than a migration waits. Nothing was changed; try again."
LIMITS = {
    "lock_timeout": "1s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
database = current_app.extensions["migrate"].db
versions = Path(context.script.versions)
known = History(versions)


def render(kind: str, thing: object, _context: object) -> str | bool:
    """Write a `Moment` of the models as what it is in the database."""
    is_moment = kind == "type" and type(thing).__name__ == "Moment"
    return "sa.DateTime(timezone=True)" if is_moment else False


def complete(_context: object, _revision: object, made: list[MigrationScript]) -> None:
    """Give a new migration its place, and say what new columns are in the rows that exist."""
    for script in made:
        place(script, known)
        enumerations.add(script, database.metadata)
        fill(script.upgrade_ops, database.metadata)


@contextmanager
def no_references_watched(connection: Connection) -> Iterator[None]:
    """Keep the rows that refer to a table which SQLite changes: it drops it and makes it anew."""
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.invalidate()  # nobody else gets it


@contextmanager
def no_id_given_twice(connection: Connection) -> Iterator[None]:
    """Have a table that SQLite makes anew count its ids on from where it was."""
    if connection.dialect.name != "sqlite":
        yield
        return
    ask = connection.exec_driver_sql
    counting = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"

    def count_on(table: Table, _metadata: object) -> None:
        if table.name.removeprefix("_alembic_tmp_") in ask(counting).scalars():
            table.kwargs["sqlite_autoincrement"] = True

    counts = ask("SELECT name, seq FROM sqlite_sequence").all() if ask(counting).first() else []
    event.listen(Table, "after_parent_attach", count_on)
    try:
        yield
    finally:
        event.remove(Table, "after_parent_attach", count_on)
    still = set(ask(counting).scalars())
    for name, last in counts:
        if name in still:
            ask("DELETE FROM sqlite_sequence WHERE name = ? AND seq < ?", (name, last))
            ask(
                "INSERT INTO sqlite_sequence SELECT ?, ?"
                " WHERE ? NOT IN (SELECT name FROM sqlite_sequence)",
                (name, last, name),
            )


def moves() -> bool:
    """Tell whether this is `flask db upgrade` or `downgrade`, which Alembic does not say."""
    work = context.get_context().opts.get("fn")
    return getattr(work, "__name__", "") in {"upgrade", "downgrade"}


def insist_on_references(connection: Connection) -> None:
    """Look at the end for what was not watched meanwhile.

    Raises:
        RuntimeError: some row refers to nothing.
    """
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if lost:
            tables = ", ".join(sorted({row[0] for row in lost}))
            raise RuntimeError(f"After this migration rows refer to nothing, in: {tables}")


def run() -> None:
    """Bring the schema to the revision asked for, in one transaction.

    Raises:
        RuntimeError: the migrations themselves are not in order.
    """
    if broken := list(schema.broken(known)):
        raise RuntimeError("\n".join(broken))
    limits = {BEGIN: beginning(LIMITS)} if database.engine.dialect.name == "postgresql" else {}
    with (
        database.engine.connect().execution_options(**limits) as connection,
        no_references_watched(connection),
    ):
        if limits:
            connection.connection.driver_connection.longest = None  # seconds
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render,
            process_revision_directives=complete,
            transactional_ddl=True,  # SQLite can do it, too: database.py begins in earnest
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction(), no_id_given_twice(connection):
            if moves():
                drop_removed(context.get_context(), versions, versions.with_name("removed"))
            context.run_migrations()
            insist_on_references(connection)
        connection.commit()


try:
    run()
except OperationalError as problem:
    if getattr(problem.orig, "sqlstate", "") == LOCKED:
        why = IN_USE
    elif problem.statement is None or problem.connection_invalidated:
        why = AWAY
    else:
        raise
    raise RuntimeError(why) from None
