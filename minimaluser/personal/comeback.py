"""Restoring rows, each as far as that is still possible."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from minimaluser.database import db
from minimaluser.personal import blanks, raw, whose

log = logging.getLogger("minimaluser.belongings")


class Comeback:
    """The restoration of one account."""

    def __init__(self, identity: int) -> None:
        self.identity = identity
        self.order, circle = whose.in_order()
        self.circle = {key for key in circle if whose.may_be_null(key)}
        self.moved: dict[tuple[str, str], dict[Any, Any]] = {}  # old ids to new ids
        self.lost: dict[str, list[raw.Row]] = {}  # rows that nothing may refer to
        self.left_out: Counter[str] = Counter()

    def bring(
        self,
        columns: raw.Row,
        rows: dict[str, list[raw.Row]],
        loose: list[tuple[str, raw.Row, raw.Row]],
        lost: dict[str, list[raw.Row]],
    ) -> None:
        """Restore everything in the caller's transaction; the arguments are those of a pack."""
        self.lost |= lost
        later = []
        for table in self.order:
            for row in rows.pop(table.name, []):
                references = self._put(table, row)
                if references is None:
                    self.lost.setdefault(table.name, []).append(row)
                    self.left_out[table.name] += 1
                else:
                    later += [(table.name, row, reference) for reference in references]
        self.left_out.update({name: len(found) for name, found in rows.items() if found})
        for name, row, reference in [*later, *loose]:
            self._refer(name, row, reference)
        self._fill(columns)
        if self.left_out:
            counts = ", ".join(f"{what} ({n})" for what, n in self.left_out.items())
            log.warning("not brought back, account %s: %s", self.identity, counts)

    def _put(self, table: Table, row: raw.Row) -> list[raw.Row] | None:
        """Insert a row; return references to set later, or None if it cannot be restored."""
        there = {c.name for c in table.columns if c.computed is None}
        values, later = {name: row[name] for name in row if name in there}, []
        for key in whose.inward(table):
            names = [column.name for column in key.columns]
            old = {name: values.get(name) for name in names}
            if None in old.values():
                continue
            new = self._target(key, tuple(old.values()))
            if key in self.circle:
                later.append(old)
                new = (None,) * len(names)
            elif new is None and whose.may_be_null(key):
                new = (None,) * len(names)
            if new is None:
                return None
            values.update(zip(names, new, strict=True))
        if not all(self._is_there(values.get(c.name)) for c in whose.owners(table)):
            return None
        return later if self._insert(table, row, values) else None

    def _insert(self, table: Table, row: raw.Row, values: raw.Row) -> bool:
        if self._try(insert(table), values) is not None:
            return True
        identity = table.autoincrement_column
        if identity is None or identity.foreign_keys:
            return False
        old = values.pop(identity.name)
        found = self._try(insert(table).returning(raw.read(identity)), values)
        if found:
            self.moved.setdefault((table.name, identity.name), {})[old] = found[0][0]
        return bool(found)

    def _target(self, key: ForeignKeyConstraint, old: raw.Key) -> raw.Key | None:
        """Return what a reference refers to now; None if that row is not restored."""
        name = key.referred_table.name
        names = [element.column.name for element in key.elements]
        if any(tuple(row.get(n) for n in names) == old for row in self.lost.get(name, [])):
            return None
        return self._now(name, names, old)

    def _now(self, name: str, columns: list[str], old: raw.Key) -> raw.Key:
        """Return the present values of key columns, since a row may have a new id."""
        pairs = zip(columns, old, strict=True)
        return tuple(self.moved.get((name, n), {}).get(v, v) for n, v in pairs)

    def _refer(self, name: str, row: raw.Row, reference: raw.Row) -> None:
        """Set a reference of a row in which it is NULL."""
        table = whose.METADATA.tables.get(name)
        if table is None or not reference.keys() <= {*table.columns.keys()}:
            return
        keys = [k for k in whose.inward(table) if {c.name for c in k.columns} == {*reference}]
        columns = raw.key_columns(table)
        now = self._now(name, [c.name for c in columns], raw.key_of(table, row))
        for key in keys:
            names = [column.name for column in key.columns]
            new = self._target(key, tuple(reference[n] for n in names))
            if new is not None:
                bare = (column.is_(None) for column in key.columns)
                this = update(table).where(raw.is_key(columns, now), *bare)
                self._try(this, dict(zip(names, new, strict=True)))

    def _fill(self, columns: raw.Row) -> None:
        """Restore the columns of the user; a unique one, which may be taken by now, on its own."""
        people = whose.people()
        there = [c for c in whose.erased(ending=False) if c.name in columns]
        plain = [c for c in there if not blanks.is_unique(c)]
        me = update(people).where(people.c.id == self.identity)
        for some in [plain, *([c] for c in there if c not in plain)]:
            values = {c.name: columns[c.name] for c in some}
            if values and self._try(me, values) is None:
                self.left_out.update(str(c) for c in some)

    def _is_there(self, owner: Any) -> bool:
        """Tell whether an owner is NULL, this user, or a user whose account is not closed."""
        if owner is None or str(owner) == str(self.identity):
            return True
        people = whose.people()
        open_one = select(people.c.id).where(people.c.id == int(owner), whose.present())
        return db.session.execute(open_one).first() is not None

    def _try(self, statement: Any, values: raw.Row) -> list[Any] | None:
        """Execute a statement with values; return its rows, or None if the database rejects it."""
        connection, table = db.session.connection(), statement.table
        statement = statement.values({n: raw.bound(table.c[n], v) for n, v in values.items()})
        try:
            with connection.begin_nested():
                result = connection.execute(statement)
                return list(result) if result.returns_rows else []
        except (DataError, IntegrityError, ProgrammingError):
            return None
