"""Whose a column or a row is: read off the tables, so that nothing new has to be listed.

A row is a person's if it refers to the person, or to a row of the person's. What is an exception
says so beside itself, see `minimaluser.models.base`.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Table, UniqueConstraint, types
from sqlalchemy.schema import sort_tables_and_constraints

from minimaluser.extensions import db

METADATA = db.metadata
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Undecided(Exception):
    """It cannot be told how something personal is erased; the message names every such thing."""


def people() -> Table:
    """Return the table that the walk starts from."""
    return METADATA.tables["users"]


def owners(table: Table) -> list[Column[Any]]:
    """Return the columns that say whose a row is."""
    if table is people():
        return []
    return [c for c in table.columns if any(k.column.table is people() for k in c.foreign_keys)]


def personal(without: str = "") -> list[Column[Any]]:
    """Return the columns of a person that are erased, without those that say `ends`, if told."""
    exempt = {"kept", without}
    return [c for c in people().columns if not exempt & c.info.keys() and c.computed is None]


def inward(table: Table) -> list[ForeignKeyConstraint]:
    """Return the keys of a table that lead to a table other than that of the people."""
    keys = table.foreign_key_constraints
    return sorted((k for k in keys if k.referred_table is not people()), key=lambda k: str(k.name))


def is_kept(key: ForeignKeyConstraint) -> bool:
    """Tell whether a row with this key stays when what it refers to goes."""
    return any("kept" in column.info for column in key.columns)


def may_be_null(key: ForeignKeyConstraint) -> bool:
    """Tell whether a row can do without what this key refers to."""
    return all(column.nullable for column in key.columns)


def is_unique(column: Column[Any]) -> bool:
    """Tell whether no two rows may have the same in this column, alone or with others."""
    if column.unique or column.primary_key:
        return True
    rules: list[Any] = [c for c in column.table.constraints if isinstance(c, UniqueConstraint)]
    rules += [i for i in column.table.indexes if isinstance(i, Index) and i.unique]
    return any(column in set(rule.columns) for rule in rules)


def in_order() -> tuple[list[Table], list[ForeignKeyConstraint]]:
    """Return the tables, each after those it refers to, and the keys that run in a circle."""
    order, circle = [], []
    tables = list(METADATA.tables.values())
    for table, late in sort_tables_and_constraints(tables):  # type: ignore[no-untyped-call]
        if table is None:
            circle += list(late)
        else:
            order.append(table)
            circle += [k for k in table.foreign_key_constraints if k.referred_table is table]
    return order, circle


def plain(kind: types.TypeEngine[Any]) -> types.TypeEngine[Any]:
    """Return the type that the database knows, without what decorates it here."""
    while isinstance(kind, types.TypeDecorator):
        kind = kind.impl_instance
    return kind


def emptied(column: Column[Any], identity: int) -> Any:
    """Return what a column of a person holds once it is erased, as its plain type takes it.

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
    return _empty(plain(column.type), identity if is_unique(column) else 0, column)


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
    try:
        python = kind.python_type
    except NotImplementedError:
        python = None
    if python in {str, bytes}:
        some_text = str(uuid.uuid4())[: getattr(kind, "length", None) or 36] if number else ""
        return some_text if python is str else some_text.encode()
    later = timedelta(seconds=number)
    moment = EPOCH + later if getattr(kind, "timezone", False) else EPOCH.replace(tzinfo=None)
    found: dict[Any, Any] = {
        int: -number,
        float: -float(number),
        Decimal: -Decimal(number),
        bool: False,
        date: (EPOCH + timedelta(days=number)).date(),
        datetime: moment if moment.tzinfo else moment + later,
        time: time(tzinfo=UTC if getattr(kind, "timezone", False) else None),
        timedelta: later,
    }
    if python not in found:
        raise Undecided(f"{column}: say blank(value), or let it be nullable")
    return found[python]


def insist() -> None:
    """Let the site start only when it is clear how everything personal is erased.

    Raises:
        Undecided: naming what is not clear.
    """
    open_questions = []
    for column in personal():
        try:
            emptied(column, 1)
        except Undecided as problem:
            open_questions.append(str(problem))
        if column.foreign_keys and not column.nullable:
            open_questions.append(f"{column}: refers to a row, so let it be nullable or kept(…)")
    for table in METADATA.tables.values():
        for key in table.foreign_key_constraints:
            if is_kept(key) and table is not people() and not may_be_null(key):
                open_questions.append(f"{table}: what is kept(…) must be nullable: {key.columns}")
            referred = [element.column for element in key.elements]
            if key.referred_table is people() and referred != [people().c.id]:
                open_questions.append(f"{table}: refers to a user by something else than users.id")
    if open_questions:
        raise Undecided("; ".join(open_questions))
