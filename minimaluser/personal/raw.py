"""Rows as the database stores them, so that values of any type are restored exactly.

SQLite has only numbers, text and bytes; PostgreSQL can write any type as text and read it again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Text,
    and_,
    cast,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.types import UserDefinedType

from minimaluser.database import db

Value = None | int | float | str | bytes
Row = dict[str, Any]  # a `Value` by the name of its column
Key = tuple[Any, ...]
AT_ONCE = 500  # values in a statement


class AsItIs(UserDefinedType[Any]):
    """A value as SQLite stores it, without conversion."""

    cache_ok = True


def rows(table: Table, condition: ColumnElement[bool]) -> list[Row]:
    """Return the rows of a table for which the condition holds."""
    columns = [read(column).label(column.name) for column in table.columns]
    found = db.session.execute(select(*columns).where(condition)).mappings()
    return [{str(name): value for name, value in row.items()} for row in found]


def read(column: Column[Any]) -> ColumnElement[Any]:
    """Return the expression that selects the raw value of a column."""
    return cast(column, Text()) if _is_postgresql() else type_coerce(column, AsItIs())


def bound(column: Column[Any], value: Value) -> ColumnElement[Any]:
    """Return the expression for a raw value of this column."""
    if _is_postgresql():
        return cast(literal(value, Text()), column.type)
    return literal(value, AsItIs())


def key_columns(table: Table) -> list[Column[Any]]:
    """Return the columns of the primary key, or all columns if there is none."""
    return list(table.primary_key.columns or table.columns)


def key_of(table: Table, row: Row) -> Key:
    """Return the key of a row."""
    return tuple(row[column.name] for column in key_columns(table))


def among(columns: Sequence[Column[Any]], keys: Iterable[Key]) -> Iterator[ColumnElement[bool]]:
    """Return conditions for keys, with no more parameters each than a statement may have."""
    wanted = iter(dict.fromkeys(keys))
    while some := list(islice(wanted, AT_ONCE)):
        if len(columns) == 1:
            yield columns[0].in_([bound(columns[0], key[0]) for key in some])
        else:
            yield or_(*(is_key(columns, key) for key in some))


def is_key(columns: Sequence[Column[Any]], key: Key) -> ColumnElement[bool]:
    """Return the condition that these columns hold this key."""
    pairs = zip(columns, key, strict=True)
    return and_(*(c.is_(None) if v is None else c == bound(c, v) for c, v in pairs))


def write(content: Any) -> str:
    """Return values in lists and dicts as JSON; bytes are `{"base64": …}`."""
    return json.dumps(content, default=lambda value: {"base64": base64.b64encode(value).decode()})


def read_back(text: str) -> Any:
    """Return the values that `write` was given."""

    def bytes_again(found: dict[str, Any]) -> Any:
        return base64.b64decode(found["base64"]) if found.keys() == {"base64"} else found

    return json.loads(text, object_hook=bytes_again)


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
