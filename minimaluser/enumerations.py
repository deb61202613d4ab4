"""PostgreSQL's types for `Enum` columns: Alembic does not make them for new columns, nor drop them.

In a migration each is one line, which does nothing on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import Column, Enum, MetaData

from minimaluser.personal.blanks import plain


class Change(ops.MigrateOperation):
    """Make or drop a type: `word` is the method of it that does so."""

    def __init__(self, kind: Enum, word: str) -> None:
        self.kind, self.word = kind, word


@renderers.dispatch_for(Change)
def _written(_context: AutogenContext, change: Change) -> str:
    return f"sa.{change.kind!r}.{change.word}(op.get_bind(), checkfirst=True)"


def add(script: ops.MigrationScript, metadata: MetaData) -> None:
    """Have a migration make the types of new columns, and its way back drop those of all it made.

    A type that another column has, too, stays.
    """
    up, down = script.upgrade_ops, script.downgrade_ops
    if up is None or down is None:
        return
    every = [column for table in metadata.tables.values() for column in table.columns]
    used = [kind.name for kind in _kinds(every)]
    new = list(_kinds(_added(up)))
    tables = [each for each in up.ops if isinstance(each, ops.CreateTableOp)]
    of_tables = (each for table in tables for each in table.columns if isinstance(each, Column))
    gone = [kind for kind in (*new, *_kinds(of_tables)) if used.count(kind.name) == 1]
    up.ops = [*(Change(kind, "create") for kind in new), *up.ops]
    down.ops += [Change(kind, "drop") for kind in gone]


def _added(made: ops.UpgradeOps) -> Iterator[Column[Any]]:
    for table in made.ops:
        if isinstance(table, ops.ModifyTableOps):
            yield from (each.column for each in table.ops if isinstance(each, ops.AddColumnOp))


def _kinds(columns: Iterable[Column[Any]]) -> Iterator[Enum]:
    for column in columns:
        kind = plain(column.type)
        if isinstance(kind, Enum) and kind.native_enum and kind.name:
            yield kind
