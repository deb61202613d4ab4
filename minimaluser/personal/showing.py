"""The export of a user's data as JSON. Values are written by the type of their column:

- text, numbers, booleans, JSON, arrays: as in JSON; numbers that JSON does not have: as text
- moments, dates, times: ISO 8601; intervals: seconds
- decimals: text, so that no digit is lost; UUIDs: text; enums: the name of the member
- bytes: base64
- anything else: `str()` of it
- columns with `secret`: that text instead of the value
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Table, or_, select, tuple_

from minimaluser.database import db
from minimaluser.personal import raw, whose


def everything(identity: int) -> dict[str, Any]:
    """Return all rows about a user, column by column, without the values of secrets.

    The row of `users` is under `account`, other rows are under the names of their tables. Ids are
    replaced by new numbers, because those of the database reveal how many rows others have.
    """
    people = whose.people()
    (account,) = _shown(people, people.c.id == identity)
    rows = {
        table: _shown(table, which)
        for table in whose.in_order()[0]
        if (which := about(identity, table)) is not None
    }
    _number(rows)
    return {"account": account, **{table.name: shown for table, shown in rows.items()}}


def _number(rows: dict[Table, list[dict[str, Any]]]) -> None:
    """Number the rows of each table from 1, in their keys and in foreign keys to them."""
    keys = {table: raw.key_columns(table) for table in rows}
    numbers = {
        column: {row[column.name]: number for number, row in enumerate(rows[table], 1)}
        for table, (column, *more) in keys.items()
        if not more and isinstance(column.type, Integer)
    }
    for table, shown in rows.items():
        for column in table.columns:
            known = numbers.get(column) or next(
                (numbers[k.column] for k in column.foreign_keys if k.column in numbers), {}
            )
            for row in shown if known else ():
                row[column.name] = known.get(row[column.name], row[column.name])


def plain(value: Any) -> Any:
    """Return a value for JSON, as the docstring of this module says."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, str):  # a lone surrogate cannot be encoded
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {plain(str(name)): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)


def about(
    identity: int, table: Table, under: frozenset[Table] = frozenset()
) -> ColumnElement[bool] | None:
    """Return the condition for the rows about a user; None if the table has no personal data."""
    mine = [column == identity for column in whose.owners(table)]
    if mine:
        return or_(*mine)
    ways = []
    for key in whose.inward(table):
        parent = key.referred_table
        which = (
            None
            if parent in under or whose.is_kept(key)
            else about(identity, parent, under | {table})
        )
        if which is not None:
            theirs = select(*(element.column for element in key.elements)).where(which)
            ways.append(tuple_(*key.columns).in_(theirs))
    return or_(*ways) if ways else None


def _shown(table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = db.session.execute(select(*table.columns).where(which).order_by(*raw.key_columns(table)))
    return [
        {c.name: _value(c.info, value) for c, value in zip(table.columns, row, strict=True)}
        for row in rows
    ]


def _value(info: Mapping[Any, Any], value: Any) -> Any:
    return info["secret"] if "secret" in info and value is not None else plain(value)
