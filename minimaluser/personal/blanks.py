"""The value of an erased column of `users`: NULL, the empty value of its type, or `blank`."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, UniqueConstraint, literal, null, types
from sqlalchemy.dialects import sqlite

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Undecided(Exception):
    """It is not defined how some columns are erased; the message lists them."""


def plain(kind: types.TypeEngine[Any]) -> types.TypeEngine[Any]:
    """Return the type of the database, without SQLAlchemy's decorators."""
    while isinstance(kind, types.TypeDecorator) and not isinstance(kind, types.Interval):
        kind = kind.impl_instance
    return kind


def erased(column: Column[Any], identity: int) -> ColumnElement[Any]:
    """Return the expression that an erased column is set to; see `emptied`."""
    value = emptied(column, identity)
    if value is None:
        return null()
    return literal(value, column.type if "blank" in column.info else plain(column.type))


def emptied(column: Column[Any], identity: int) -> Any:
    """Return the value of a column of `users` once it is erased.

    It is what the plain type takes, or what somebody has said with `blank`.

    Args:
        column: of the table of the people.
        identity: the person's id: what must be unique is made from it or by chance.

    Raises:
        Undecided: it may not be NULL, and its type does not tell what is empty.
    """
    if "blank" in column.info:
        return column.info["blank"]
    if column.nullable:
        return None
    if isinstance(column.type, types.PickleType):
        return column.type.pickler.dumps(None)
    value = _empty(plain(column.type), identity if is_unique(column) else 0, column)
    if not _reads(column.type, value):
        raise Undecided(f"{column}: its type cannot read what is empty, so say blank=…")
    return value


def _reads(kind: types.TypeEngine[Any], value: Any) -> bool:
    """Tell whether a decorated type can read the empty value."""
    if not isinstance(kind, types.TypeDecorator) or isinstance(kind, types.Interval):
        return True
    if type(kind).load_dialect_impl is not types.TypeDecorator.load_dialect_impl:
        return False  # another type in each database
    try:
        kind.process_result_value(value, sqlite.dialect())
    except Exception as problem:
        return isinstance(problem, NotImplementedError)  # it changes nothing
    return True


def _empty(kind: types.TypeEngine[Any], number: int, column: Column[Any]) -> Any:
    if isinstance(kind, types.JSON):
        return {"closed": number} if number else {}
    if isinstance(kind, types.ARRAY):
        return []
    if isinstance(kind, types.Enum):
        return kind.enums[0] if kind.enum_class is None else next(iter(kind.enum_class))
    if isinstance(kind, types.Uuid):
        some = uuid.uuid4() if number else uuid.UUID(int=0)
        return some if kind.as_uuid else str(some)
    python = None
    with suppress(NotImplementedError):
        python = kind.python_type
    if python in {str, bytes}:
        some_text = str(uuid.uuid4())[: getattr(kind, "length", None) or 36] if number else ""
        return some_text if python is str else some_text.encode()
    later = timedelta(seconds=number)
    start = EPOCH if getattr(kind, "timezone", False) else EPOCH.replace(tzinfo=None)
    found: dict[Any, Any] = {
        int: -number,
        float: -float(number),
        Decimal: -Decimal(number),
        bool: False,
        date: (start + timedelta(days=number)).date(),
        datetime: start + later,
        time: start.timetz(),
        timedelta: later,
    }
    if python not in found:
        raise Undecided(f"{column}: say blank=…, or let it be nullable")
    return found[python]


def is_unique(column: Column[Any]) -> bool:
    """Tell whether a column is unique, by itself or together with others."""
    if column.unique or column.primary_key:
        return True
    rules: list[Any] = [c for c in column.table.constraints if isinstance(c, UniqueConstraint)]
    rules += [i for i in column.table.indexes if isinstance(i, Index) and i.unique]
    return any(column in set(rule.columns) for rule in rules)
