"""Whose a column or a row is: read off the tables, so that nothing new has to be listed.

A row is a person's if it refers to the person, or to a row of the person's. What is an exception
says so beside itself, see `minimaluser.models.base`.
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
    """Return what is true of people who have not left: theirs are no empty rows."""
    return people().c.closed_at.is_(None)


def owners(table: Table) -> list[Column[Any]]:
    """Return the columns that say whose a row is."""
    if table is people():
        return []
    return [c for c in table.columns if any(k.column.table is people() for k in c.foreign_keys)]


def goes(column: Column[Any], *, ending: bool = True) -> bool:
    """Tell whether a column goes when somebody goes and, if not `ending`, whether it comes back."""
    return not ({"kept"} if ending else {"kept", "ends"}) & column.info.keys()


def erased(*, ending: bool = True) -> list[Column[Any]]:
    """Return the columns of a person that are erased, with those that do not come back or not."""
    return [c for c in people().columns if goes(c, ending=ending) and c.computed is None]


def texts() -> list[str]:
    """Return the names of the columns of a person that hold text."""
    return [
        c.name for c in people().columns if isinstance(c.type, String) and type(c.type) is not Enum
    ]


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


def in_order() -> tuple[list[Table], list[ForeignKeyConstraint]]:
    """Return the tables, each after those it refers to, and the keys that run in a circle."""
    tables = list(METADATA.tables.values())
    found = list(sort_tables_and_constraints(tables))  # type: ignore[no-untyped-call]
    circle = [key for table, late in found if table is None for key in late]
    circle += [k for t in tables for k in t.foreign_key_constraints if k.referred_table is t]
    return [table for table, _ in found if table is not None], circle


def insist() -> None:
    """Let the site start only when it is clear how everything personal is erased.

    Raises:
        blanks.Undecided: naming what is not clear.
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
