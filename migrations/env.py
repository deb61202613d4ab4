"""How Alembic reaches the site's database: through the app that Flask-Migrate has made."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from alembic.operations.ops import MigrationScript
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from minimaluser.lib.connections import BEGIN, beginning

# A migration may take long, but must not wait long for a lock: all requests wait behind it then.
LOCKED = "55P03"
LIMITS = {
    "lock_timeout": "1s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}


def render(kind: str, thing: object, _context: object) -> str | bool:
    """Write a `Moment` of the models as what it is in the database."""
    is_moment = kind == "type" and type(thing).__name__ == "Moment"
    return "sa.DateTime(timezone=True)" if is_moment else False


def after_the_core(_context: object, _revision: object, made: list[MigrationScript]) -> None:
    """Have the first migration of a part come after those of the core: its tables refer to them."""
    for script in made:
        if script.head == "base" and script.branch_label:
            script.depends_on = context.script.get_revision("core@head").revision


database = current_app.extensions["migrate"].db


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
    """Bring the schema to the revision asked for, in one transaction."""
    limits = {BEGIN: beginning(LIMITS)} if database.engine.dialect.name == "postgresql" else {}
    with (
        database.engine.connect().execution_options(**limits) as connection,
        no_references_watched(connection),
    ):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render,
            process_revision_directives=after_the_core,
            transactional_ddl=True,  # SQLite can do it, too: extensions.py begins in earnest
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            insist_on_references(connection)
        connection.commit()


try:
    run()
except OperationalError as problem:
    if getattr(problem.orig, "sqlstate", "") != LOCKED:
        raise
    raise RuntimeError(
        "A table was in use for longer than a migration waits. Nothing was changed; try again."
    ) from None
