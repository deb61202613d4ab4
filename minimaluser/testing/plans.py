"""How the database finds what a statement asks for: as it plans it itself, statement by statement.

    with watched(app) as asked:
        ann.get("/profile")
        with app.app_context(), doing("the worker: a task"):
            outbox.drain()
    [each.sql for each in asked if each.scans]

A statement is noted once for each deed that sends it, however many values it has.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import Connection, Index, Table, UniqueConstraint

from minimaluser.personal import whose
from minimaluser.testing.database import listening

KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
STEP = re.compile(r"(SCAN|SEARCH) (\w+?)(?:_\d+)?(?: USING (.+))?$")
INDEX = re.compile(r"INDEX (\w+)")
LIST = re.compile(r"(?:(?:\?|%\(\w+\)s(?:::[\w ]+)?)(?:, )?)+")
_deed: ContextVar[str] = ContextVar("deed", default="")


@contextmanager
def doing(deed: str) -> Iterator[None]:
    """Say what is being done outside a request; what is done without is not watched."""
    token = _deed.set(deed)
    try:
        yield
    finally:
        _deed.reset(token)


@dataclass
class Asked:
    """A statement, and what it was sent for.

    Attributes:
        deed: the endpoint of the view, or the words given to `doing`.
        scans: which tables that grow it reads as a whole, and how.
        seconds: how long it took each time, if that was wanted.
    """

    deed: str
    sql: str
    scans: list[str]
    seconds: list[float] = field(default_factory=list)


def growing() -> set[str]:
    """Return the names of the tables that grow with the number of people."""
    tables = whose.METADATA.tables.values()
    found = {t.name for t in tables if whose.owners(t) or "why" in t.info}
    while more := {t.name for t in tables if _refers(t, found)} - found:
        found |= more
    return found


def _refers(table: Table, names: set[str]) -> bool:
    return any(key.referred_table.name in names for key in table.foreign_key_constraints)


def without_index() -> list[str]:
    """Return the foreign keys for which deleting what they refer to reads a whole table."""
    return [
        str(_first(key))
        for table in whose.METADATA.tables.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name in growing() and _first(key) not in _first_columns(table)
    ]


def _first_columns(table: Table) -> set[Any]:
    uniques = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    return {_first(rule) for rule in (*table.indexes, table.primary_key, *uniques)}


def _first(rule: Any) -> Any:
    """Return the first column of an index or a constraint."""
    return next(iter(rule.columns), None)


def partial_indices() -> set[str]:
    """Return the names of indices that hold only what waits; they may be read as a whole."""
    every: list[Index] = [i for t in whose.METADATA.tables.values() for i in t.indexes]
    return {str(i.name) for i in every if i.dialect_options["sqlite"]["where"] is not None}


@contextmanager
def watched(app: Flask, *, timed: bool = False) -> Iterator[list[Asked]]:
    """Collect what is asked inside the block.

    Args:
        app: the app.
        timed: do each statement three times before it is done, undo that, take the least time.
    """
    found: dict[tuple[str, str], Asked] = {}
    plans: dict[str, list[str]] = {}
    asked: list[Asked] = []

    def note(connection: Connection, _cursor: Any, sql: str, given: Any, *_rest: Any) -> None:
        deed = _deed.get() or (str(request.endpoint) if has_request_context() else "")
        if not deed or not sql.lstrip().startswith(KINDS):
            return
        key, values = (deed, _plain(sql)), given[0] if isinstance(given, list) else given
        if key not in found:
            if key[1] not in plans:
                plans[key[1]] = _scans(connection, sql, values)
            found[key] = Asked(deed, sql, plans[key[1]])
            asked.append(found[key])
        if timed:
            found[key].seconds.append(min(_seconds(connection, sql, values) for _ in range(3)))

    with listening(app, before_cursor_execute=note):
        yield asked


def _plain(sql: str) -> str:
    """Return a statement without the number of its values."""
    return LIST.sub("?", re.sub(r"_\d+", "", sql))


def _scans(connection: Connection, sql: str, values: Any) -> list[str]:
    if sql.startswith("INSERT") and "SELECT" not in sql:
        return []
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [row[3] for row in cursor.fetchall()]
        return [step for step in steps if _is_scan_of_sqlite(step)]
    cursor.execute("SET LOCAL enable_seqscan = off")  # small tables are read as a whole anyway
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
    plan = cursor.fetchone()[0][0]["Plan"]
    cursor.execute("SET LOCAL enable_seqscan = on")
    return list(_scans_of_postgresql(plan, ""))


def _is_scan_of_sqlite(step: str) -> bool:
    found = STEP.match(step)
    if found is None or found[2] not in growing():
        return False
    way = found[3] or ""
    index = INDEX.search(way)
    if index is not None and index[1] in partial_indices():
        return False
    return found[1] == "SCAN" or not way or "AUTOMATIC" in way


def _scans_of_postgresql(plan: dict[str, Any], table: str) -> Iterator[str]:
    kind, table = plan["Node Type"], plan.get("Relation Name", table)
    reads = kind == "Seq Scan" or ("Index" in kind and "Index Cond" not in plan)
    if reads and table in growing() and plan.get("Index Name") not in partial_indices():
        yield f"{kind} {table} {plan.get('Index Name', '')} {plan.get('Filter', '')}"
    for below in plan.get("Plans", ()):
        yield from _scans_of_postgresql(below, table)


def _seconds(connection: Connection, sql: str, values: Any) -> float:
    cursor: Any = connection.connection.cursor()
    cursor.execute("SAVEPOINT timed")
    began = time.perf_counter()
    try:
        cursor.execute(sql, values)
        if cursor.description:
            cursor.fetchall()
    finally:
        taken = time.perf_counter() - began
        cursor.execute("ROLLBACK TO SAVEPOINT timed")
        cursor.execute("RELEASE SAVEPOINT timed")
    return taken
