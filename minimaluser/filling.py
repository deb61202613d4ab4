"""What new columns are in the rows that exist, for the migrations that Alembic writes.

A column that may not be NULL cannot be added to a table with rows unless the migration says what it
is there. The value stays in the database as its default, because the running version of the site
goes on adding rows without that column until the new one takes over.
"""

from __future__ import annotations

from typing import Any

from alembic.operations import ops
from sqlalchemy import Column, DefaultClause, MetaData, TextClause, text, types
from sqlalchemy.dialects import sqlite

from minimaluser.personal.blanks import Undecided, emptied, is_unique, plain

DIALECT = sqlite.dialect()  # what it writes as text PostgreSQL reads, too, but for these
DIFFERENT = (types.LargeBinary, types.PickleType, types.Interval)
NOW = {types.DateTime: "CURRENT_TIMESTAMP", types.Date: "CURRENT_DATE"}
UNSAID = (
    "{columns} may not be NULL, and nothing says what it is in the rows that exist. A default=… of"
    " the column does. Where each row needs a value of its own (what is unique, refers to other"
    " rows or is made by a function), let it be NULL, fill it in that migration, and let the next"
    " one take NULL from it."
)


class Unsaid(RuntimeError):
    """Nothing says what new columns are in the rows that exist; the message lists them."""


def fill(made: ops.UpgradeOps, metadata: MetaData) -> None:
    """Have a migration say what its columns are in the rows that exist.

    New columns get a default in the database. Columns that may not be NULL any more are filled, if
    something says with what.

    Raises:
        Unsaid: nothing says it for some new columns.
    """
    unsaid, filled = list[str](), list[ops.MigrateOperation]()
    for each in made.ops:
        for change in each.ops if isinstance(each, ops.ModifyTableOps) else ():
            if isinstance(change, ops.AddColumnOp) and _needs_value(change.column):
                try:
                    change.column = _with_default(change.column)
                except Undecided:
                    unsaid.append(f"{change.table_name}.{change.column.name}")
            elif isinstance(change, ops.AlterColumnOp) and change.modify_nullable is False:
                filled += _filled(metadata.tables[change.table_name].c[change.column_name])
        filled.append(each)
    if unsaid:
        raise Unsaid(UNSAID.format(columns=", ".join(unsaid)))
    made.ops = filled


def in_old_rows(column: Column[Any]) -> str | TextClause:
    """Return what a column that may not be NULL is in rows from before it: text, or an expression.

    Raises:
        Undecided: they need a value each, or it is not obvious.
    """
    kind = plain(column.type)
    if isinstance(kind, DIFFERENT) or is_unique(column):
        raise Undecided(str(column))
    default: Any = column.default
    if default is not None and default.is_scalar:
        return _written(column.type, default.arg)
    for each, word in NOW.items():
        if isinstance(kind, each):
            return text(word)
    if column.foreign_keys or not (default is None or _makes_nothing(default)):
        raise Undecided(str(column))
    if isinstance(kind, types.ARRAY):
        return "{}"
    empty = default.arg(None) if default is not None else emptied(column, 0)
    return _written(kind, empty)


def _needs_value(column: Column[Any]) -> bool:
    return not column.nullable and column.server_default is None


def _makes_nothing(default: Any) -> bool:
    """Tell whether a default is a function like `list`, which makes what is empty."""
    try:
        return default.is_callable and default.arg(None) in ([], {}, "")
    except Exception:  # it wants to know more than there is
        return False


def _written(kind: types.TypeEngine[Any], value: Any) -> str:
    """Return a value as the database reads it from text."""
    process = kind.dialect_impl(DIALECT).bind_processor(DIALECT)
    return str(process(value) if process else value)


def _with_default(column: Column[Any]) -> Column[Any]:
    changed = column._copy()
    changed.server_default = DefaultClause(in_old_rows(column))
    return changed


def _filled(column: Column[Any]) -> list[ops.MigrateOperation]:
    try:
        value = in_old_rows(column)
    except Undecided:
        return []
    quote = DIALECT.identifier_preparer.quote
    literal = str(value) if isinstance(value, TextClause) else "'" + value.replace("'", "''") + "'"
    literal = literal.replace(":", "\\:")  # Alembic would take it for a parameter
    name = quote(column.name)
    sql = f"UPDATE {quote(column.table.name)} SET {name} = {literal} WHERE {name} IS NULL"  # noqa: S608
    return [ops.ExecuteSQLOp(sql)]
