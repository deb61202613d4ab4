"""The migrations, as `flask db` and `flask_migrate.upgrade` want them (Alembic, Flask-Migrate).

Only they import this: the libraries take 10 MiB and a tenth of a second.

Each branch of the migrations grows by itself: `core` has those of the starter, each part has its
own, and `own` has what the product adds to any table. So a next version of the starter never stands
where a migration of the product does. `place` gives a new one its place, its id and what must come
before it. Of a part that is out, `migrations/removed` has the way back (`make remove`).

    flask db migrate -m city                                 the product's
    flask db migrate --branch-label bicycle -m bicycles      the first one of a part
    flask db migrate --head bicycle@head -m "their bells"    the next one of a part
    flask db migrate --head core@head -m seats               the starter's
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import click
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import CreateTableOp, MigrationScript, ModifyTableOps
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import Migrate
from flask_migrate.cli import db as commands
from sqlalchemy import text

from minimaluser import schema
from minimaluser.database import Base, db
from minimaluser.lib import clock
from minimaluser.lib.revisions import History, new_id
from minimaluser.schema import OWN
from minimaluser.settings import ROOT

log = logging.getLogger("alembic.runtime.migration")
CORE, UNSAID = "core", "head"  # Alembic's word for an end that nobody has named
DELETE = "DELETE FROM alembic_version WHERE version_num = :name"
INSERT = "INSERT INTO alembic_version (version_num) VALUES (:name)"
BY_CHANCE = re.compile(r"[0-9a-f]{12}")  # an id that Alembic has made up


def bind(app: Flask) -> Any:
    """Give an app its migrations, and return what Flask-Migrate keeps of them with the app."""
    _Anywhere(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    return app.extensions["migrate"]


class _Anywhere(Migrate):
    """Finds the migrations in a folder of any name; a `%` would be read as a reference."""

    def get_config(self, directory: str | None = None, x_arg: Any = None, opts: Any = None) -> Any:
        folder = str(directory or self.directory)
        found: Any = super().get_config(folder.replace("%", "%%"), x_arg, opts)
        found.config_file_name = f"{folder}/alembic.ini"
        found.file_config.read(found.config_file_name, encoding="utf-8")
        return found


def place(script: MigrationScript, known: History) -> None:
    """Say for a new migration what it is called, what it follows, and what must come before it.

    Raises:
        RuntimeError: its branch has several ends.
    """
    if script.head == UNSAID:
        label = script.branch_label or OWN
        is_first = label not in known.labels()
        script.head = "base" if is_first else f"{label}@head"
        script.branch_label = label if is_first else None
    label, _, end = str(script.head).partition("@")
    branch = str(script.branch_label or (label if end else known.branch(label)))
    ends = known.ends(branch) if script.head != "base" else []
    if len(ends) > 1:
        raise RuntimeError("\n".join(schema.split(known)))
    if BY_CHANCE.fullmatch(str(script.rev_id)) and branch:
        script.rev_id = new_id(branch, clock.now().date())
    if branch != CORE and not script.depends_on:
        wanted = {end for name in {CORE, *_touched(script)} - {branch} for end in known.ends(name)}
        script.depends_on = sorted(wanted - known.below(ends)) or None


def drop_removed(context: MigrationContext, versions: Path, removed: Path) -> None:
    """Take back what parts that are out have made in this database, by their own migrations.

    A database that never had them does nothing here, so a new one never makes their tables.

    Args:
        context: of `flask db upgrade` or `downgrade`.
        versions: the folder of the migrations.
        removed: the folder of those whose parts are out.
    """
    gone, all_of_them = History(removed), History(versions, removed)
    applied = {*context.get_current_heads()}
    done = all_of_them.below(applied)
    left = done & gone.by_id.keys()
    stay = done - left
    while left:
        name = min(all_of_them.ends_of(left))
        path = removed / gone.by_id[name].file
        log.info("Running downgrade %s, whose part is out", name)
        with Operations.context(context):
            run_path(str(path))["downgrade"]()
        left.remove(name)
    recorded = all_of_them.ends_of(stay)
    for sql, names in ((DELETE, applied - recorded), (INSERT, recorded - applied)):
        for name in names if stay != done else ():
            Operations(context).get_bind().execute(text(sql), {"name": name})


def _touched(script: MigrationScript) -> Iterator[str]:
    """Yield the names of the parts whose tables a migration changes or refers to."""
    parts = {
        str(mapper.local_table): mapper.class_.__module__.split(".")[1]
        for mapper in Base.registry.mappers
    }
    for made in script.upgrade_ops.ops if script.upgrade_ops else ():
        if isinstance(made, CreateTableOp | ModifyTableOps):
            table = db.metadata.tables.get(made.table_name)
            keys = set() if table is None else table.foreign_keys
            names = {made.table_name, *(key.column.table.name for key in keys)}
            yield from (parts[name] for name in names if name in parts)


@commands.command("renamed")
@click.argument("old")
@click.argument("new")
@with_appcontext
def renamed(old: str, new: str) -> None:
    """Tell the database that a migration it has is called otherwise now."""
    if new not in schema.History(schema.VERSIONS).by_id:
        raise click.ClickException(f"No file in migrations/versions has the id {new}.")
    change = text(
        "UPDATE alembic_version SET version_num = :new WHERE version_num = :old"
        " AND NOT EXISTS (SELECT 1 FROM alembic_version WHERE version_num = :new)"
    )
    with db.engine.begin() as connection:
        found = connection.execute(change, {"new": new, "old": old}).rowcount
    click.echo(f"{old} is {new} now." if found else f"There is nothing to do about {old}.")


def _set_defaults() -> None:
    """Have `flask db upgrade` bring every branch up to date."""
    for option in commands.commands["upgrade"].params:
        if option.name == "revision":
            option.default = "heads"


_set_defaults()
