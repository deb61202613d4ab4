"""All that belongs to somebody: found, sealed as a whole, erased, brought back as a whole.

Rows of others that cannot do without a row that goes, go and come back with it; those that can,
refer to nothing meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy import inspect as state_of

from minimaluser import files
from minimaluser.database import db
from minimaluser.models import User
from minimaluser.personal import blanks, raw, whose
from minimaluser.personal.comeback import Comeback
from minimaluser.personal.gathering import Found, Spared, find


def pack(user: User) -> str:
    """Return all that comes back, as it is now: the person's own columns and the rows, as JSON.

    It is to be sealed: it shows everything. What lets somebody in is not in it. Taken at a closing,
    for `give_back`, and at a move to another address, for `take_back`.
    """
    found, all_of_it = find(user, ending=False), find(user)
    columns = [c for c in whose.erased(ending=False) if not c.foreign_keys]  # those are in `loose`
    people = whose.people()
    person = select(*(raw.read(c).label(c.name) for c in columns)).where(people.c.id == user.id)
    lost = {
        name: [row for key, row in rows.items() if key not in found.rows.get(name, {})]
        for name, rows in all_of_it.rows.items()
    }
    return raw.write(
        {
            "columns": dict(db.session.execute(person).mappings().one()),
            "rows": {name: list(rows.values()) for name, rows in found.rows.items()},
            "loose": found.loose,
            "lost": _referred(lost),
        }
    )


def _referred(lost: dict[str, list[raw.Row]]) -> dict[str, list[raw.Row]]:
    """Return of rows that do not come back only what others may refer to them by."""
    names: dict[str, set[str]] = {}
    for table in whose.METADATA.tables.values():
        for key in whose.inward(table):
            found = names.setdefault(key.referred_table.name, set())
            found |= {element.column.name for element in key.elements}
    return {
        table: [{name: row[name] for name in names[table]} for row in rows]
        for table, rows in lost.items()
        if table in names
    }


def erase(user: User, spared: Spared | None = None) -> None:
    """Empty the person's columns and delete the rows; what is kept refers to nobody any more.

    The caller commits. `user` is read anew when it is used again.
    """
    found, people = find(user, spared=spared), whose.people()
    _let_go_of_files(people, raw.rows(people, people.c.id == user.id))
    empty = {c.name: blanks.erased(c, user.id) for c in whose.erased()}
    db.session.execute(update(people).where(people.c.id == user.id).values(empty))
    for table in whose.METADATA.tables.values():
        for column in (c for c in whose.owners(table) if not whose.goes(c)):
            mine = update(table).where(column == user.id)
            db.session.execute(mine.values({column.name: None}))
    _delete(found)
    db.session.expire(user)


def _delete(found: Found) -> None:
    tables, (order, circle) = whose.METADATA.tables, whose.in_order()
    for name, rows in found.rows.items():
        _let_go_of_files(tables[name], rows.values())
    for name, key, reference in found.loose:
        table = tables[name]
        this = raw.is_key(raw.key_columns(table), tuple(key.values()))
        db.session.execute(update(table).where(this).values(dict.fromkeys(reference)))
    for constraint in (c for c in circle if whose.may_be_null(c)):
        nothing = {column.name: None for column in constraint.columns}
        for which in found.those(constraint.table):
            db.session.execute(update(constraint.table).where(which).values(nothing))
    for table in reversed(order):
        for which in found.those(table):
            db.session.execute(delete(table).where(which))
    gone = {(name, *map(str, key)) for name, rows in found.rows.items() for key in rows}
    for loaded in list(db.session):
        state: Any = state_of(loaded)
        if (state.mapper.local_table.name, *map(str, state.identity or ())) in gone:
            db.session.expunge(loaded)


def _let_go_of_files(table: Table, rows: Iterable[raw.Row]) -> None:
    """Have files removed, some days later, that no row names then."""
    for column in files.columns(table):
        for row in rows:
            if row[column.name]:
                files.let_go(row[column.name])


def give_back(user: User, packed: str) -> None:
    """Bring back what `pack` returned; the caller commits.

    Every row gets the id that it had, or another one if somebody has that by now. What cannot come
    back, because somebody has meanwhile taken what must be unique or something that it refers to is
    gone, is left out, and the log says so.
    """
    db.session.flush()
    Comeback(user.id).bring(**raw.read_back(packed))
    db.session.expire(user)


def take_back(user: User, packed: str) -> None:
    """Bring an account back to what it was at a move: whoever had it since keeps nothing in it.

    What was added since goes, what was changed or removed is as it was. What says `ends` is not
    touched, nor are rows that others keep for themselves. The caller commits.
    """
    now, then, people = find(user, ending=False), raw.read_back(packed), whose.people()
    _let_go_of_files(people, raw.rows(people, people.c.id == user.id))
    _delete(now)
    for name, rows in now.rows.items():
        table, known = whose.METADATA.tables[name], then["rows"].setdefault(name, [])
        keys = {raw.key_of(table, row) for row in known}
        known += [  # of others, gone for a moment with what they refer to
            row for key, row in rows.items() if key not in keys and not now.is_mine(table, row)
        ]
    then["loose"] += now.loose
    Comeback(user.id).bring(**then)
    db.session.expire(user)
