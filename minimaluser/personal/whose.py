"""Which columns and rows belong to a user: derived from the tables, so that nothing is listed.

A row belongs to a user if it refers to the user, or to another row that belongs to the user.
Exceptions are declared at the column, see `minimaluser.models.base`.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Enum,
    ForeignKeyConstraint,
    String,
    Table,
)
from sqlalchemy.schema import sort_tables_and_constraints

from minimaluser.database import db
from minimaluser.personal import blanks

METADATA = db.metadata


def people() -> Table:
    """Return the table that the walk starts from."""
    return METADATA.tables["users"]


def present() -> ColumnElement[bool]:
    """Return the condition for accounts that are not closed."""
    return people().c.closed_at.is_(None)


def owners(table: Table) -> list[Column[Any]]:
    """Return the columns that refer to the owner of a row."""
    if table is people():
        return []
    return [c for c in table.columns if any(k.column.table is people() for k in c.foreign_keys)]


def goes(column: Column[Any], *, ending: bool = True) -> bool:
    """Tell whether a column is erased with an account and, if not `ending`, restored with it."""
    return not ({"kept"} if ending else {"kept", "ends"}) & column.info.keys()


def erased(*, ending: bool = True) -> list[Column[Any]]:
    """Return the columns of `users` that are erased; if not `ending`, only those also restored."""
    return [c for c in people().columns if goes(c, ending=ending) and c.computed is None]


def texts() -> list[str]:
    """Return the names of the columns of `users` that hold text."""
    return [
        c.name for c in people().columns if isinstance(c.type, String) and type(c.type) is not Enum
    ]


def inward(table: Table) -> list[ForeignKeyConstraint]:
    """Return the foreign keys of a table that refer to other tables than `users`."""
    keys = table.foreign_key_constraints
    return sorted((k for k in keys if k.referred_table is not people()), key=lambda k: str(k.name))


def is_kept(key: ForeignKeyConstraint) -> bool:
    """Tell whether a row with this foreign key stays when the row it refers to is deleted."""
    return any("kept" in column.info for column in key.columns)


def may_be_null(key: ForeignKeyConstraint) -> bool:
    """Tell whether all columns of a foreign key may be NULL."""
    return all(column.nullable for column in key.columns)


def in_order() -> tuple[list[Table], list[ForeignKeyConstraint]]:
    """Return the tables, each after those it refers to, and the foreign keys that form cycles."""
    tables = list(METADATA.tables.values())
    found = list(sort_tables_and_constraints(tables))  # type: ignore[no-untyped-call]
    circle = [key for table, late in found if table is None for key in late]
    circle += [k for t in tables for k in t.foreign_key_constraints if k.referred_table is t]
    return [table for table, _ in found if table is not None], circle


def insist() -> None:
    """Check, when the site starts, that it is defined how all personal data is erased.

    Raises:
        blanks.Undecided: lists everything that is not.
    """
    open_questions = []
    rules = [str(c.sqltext) for c in people().constraints if isinstance(c, CheckConstraint)]
    for column in erased():
        try:
            blanks.emptied(column, 1)
        except blanks.Undecided as problem:
            open_questions.append(str(problem))
        ruled = any(re.search(rf"\b{re.escape(column.name)}\b", rule) for rule in rules)
        if ruled and not column.nullable and "blank" not in column.info:
            open_questions.append(f"{column}: a rule may forbid what is empty, so say blank=…")
        if column.foreign_keys and not column.nullable:
            open_questions.append(f"{column}: refers to a row, so let it be nullable or say kept=…")
    for table in METADATA.tables.values():
        for key in table.foreign_key_constraints:
            if is_kept(key) and table is not people() and not may_be_null(key):
                open_questions.append(f"{table}: what says kept must be nullable: {key.columns}")
            referred = [element.column for element in key.elements]
            if key.referred_table is people() and referred != [people().c.id]:
                open_questions.append(f"{table}: refers to a user by something else than users.id")
    if open_questions:
        raise blanks.Undecided("; ".join(open_questions))
