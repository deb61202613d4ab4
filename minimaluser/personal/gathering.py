"""Which rows are deleted with users: those that refer to one of them, or to such a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Table, and_, or_

from minimaluser.database import db
from minimaluser.models import User
from minimaluser.personal import raw, whose

Rows = dict[str, dict[raw.Key, raw.Row]]  # by the name of the table and the key in it
Spared = Mapping[str, tuple[str, str]]  # rows that stay: table → a column and what is in it


@dataclass
class Found:
    """Rows to delete, and references to set to NULL: table, key of the row, columns."""

    identities: set[int]
    rows: Rows = field(default_factory=dict)
    loose: list[tuple[str, raw.Row, raw.Row]] = field(default_factory=list)

    def add(self, table: Table, found: list[raw.Row]) -> dict[raw.Key, raw.Row]:
        """Add rows; return those that are new."""
        known = self.rows.setdefault(table.name, {})
        fresh = {key: row for row in found if (key := raw.key_of(table, row)) not in known}
        known |= fresh
        return fresh

    def those(self, table: Table) -> Iterator[ColumnElement[bool]]:
        """Return conditions that together select the rows of a table that are deleted."""
        return raw.among(raw.key_columns(table), self.rows.get(table.name, {}))

    def is_mine(self, table: Table, row: raw.Row) -> bool:
        """Tell whether a row has no other owner."""
        values = [row[c.name] for c in whose.owners(table) if whose.goes(c)]
        mine = {str(identity) for identity in self.identities}
        return not {str(value) for value in values if value is not None} - mine


def find(*users: User, ending: bool = True, spared: Spared | None = None) -> Found:
    """Return the rows that are deleted with users.

    Args:
        users: the users.
        ending: whether to include rows that are not restored later.
        spared: rows to leave out.
    """
    db.session.flush()
    found, fresh = Found({user.id for user in users}), dict[str, dict[raw.Key, raw.Row]]()
    for table in whose.METADATA.tables.values():
        owners = [c for c in whose.owners(table) if whose.goes(c, ending=ending)]
        mine = [c.in_(found.identities) for c in owners]
        if mine:
            which = or_(*mine)
            if spared and table.name in spared:
                name, value = spared[table.name]
                which = and_(which, table.c[name] != value)
            fresh[table.name] = found.add(table, raw.rows(table, which))
    while any(fresh.values()):
        fresh = _follow(found, fresh)
    gone = {(name, key) for name, rows in found.rows.items() for key in rows}
    found.loose = [one for one in found.loose if (one[0], tuple(one[1].values())) not in gone]
    return found


def _follow(found: Found, fresh: Rows) -> Rows:
    """Add what refers to these rows; return what was new."""
    newer: Rows = {}
    for table in whose.METADATA.tables.values():
        for key in whose.inward(table):
            names = [element.column.name for element in key.elements]
            parents = fresh.get(key.referred_table.name, {}).values()
            wanted = [tuple(parent[name] for name in names) for parent in parents]
            for which in raw.among(list(key.columns), wanted):
                going = []
                for row in raw.rows(table, which):
                    if not _can_do_without(found, table, key, row):
                        going.append(row)
                        continue
                    identity = {c.name: row[c.name] for c in raw.key_columns(table)}
                    reference = {c.name: row[c.name] for c in key.columns}
                    found.loose.append((table.name, identity, reference))
                newer.setdefault(table.name, {}).update(found.add(table, going))
    return newer


def _can_do_without(found: Found, table: Table, key: ForeignKeyConstraint, row: raw.Row) -> bool:
    if table is whose.people() or whose.is_kept(key):
        return True
    follows = (key.ondelete or "").upper() == "CASCADE"
    return whose.may_be_null(key) and not follows and not found.is_mine(table, row)
