"""Everything that belongs to a user: packed as a whole, erased, and restored as a whole.

Rows of others that must refer to a deleted row are deleted and restored with it; if their foreign
key may be NULL, it is NULL meanwhile.
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
    """Return everything that can be restored, as JSON: columns of the user, and rows.

    The caller must encrypt it. It contains no credentials. It is packed when an account is closed,
    for `give_back`, and when it moves to another address, for `take_back`.
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
    """Return, of rows that are not restored, only the columns that other rows refer to."""
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
    """Erase the user's columns and delete the rows; rows that are kept lose their owner.

    The caller commits. `user` is loaded again when it is used next.
    """
    found, people = find(user, spared=spared), whose.people()
    _let_go_of_their_files(found)
    empty = {c.name: blanks.erased(c, user.id) for c in whose.erased()}
    db.session.execute(update(people).where(people.c.id == user.id).values(empty))
    _take_owners_from_what_is_kept(found)
    _delete(found)
    db.session.expire(user)


def remove(*users: User) -> None:
    """Delete users, and the rows that are deleted with them, by statements about all of them.

    The caller commits.
    """
    found, people = find(*users), whose.people()
    _let_go_of_their_files(found)
    _take_owners_from_what_is_kept(found)
    _delete(found)
    db.session.execute(delete(people).where(people.c.id.in_(found.identities)))
    for user in users:
        db.session.expunge(user)


def _take_owners_from_what_is_kept(found: Found) -> None:
    for table in whose.METADATA.tables.values():
        for column in (c for c in whose.owners(table) if not whose.goes(c)):
            theirs = update(table).where(column.in_(found.identities))
            db.session.execute(theirs.values({column.name: None}))


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


def _let_go_of_their_files(found: Found) -> None:
    """Schedule the removal of the files that the rows of the users themselves name."""
    people = whose.people()
    if files.columns(people):
        _let_go_of_files(people, raw.rows(people, people.c.id.in_(found.identities)))


def _let_go_of_files(table: Table, rows: Iterable[raw.Row]) -> None:
    """Schedule the removal of the files that rows name."""
    for column in files.columns(table):
        for row in rows:
            if row[column.name]:
                files.let_go(row[column.name])


def give_back(user: User, packed: str) -> None:
    """Restore what `pack` returned; the caller commits.

    Rows get the ids that they had, or new ones if those are in use by now. A row or value is left
    out, and that is logged, if somebody else has taken its unique value meanwhile, or if a row that
    it refers to no longer exists.
    """
    db.session.flush()
    Comeback(user.id).bring(**raw.read_back(packed))
    db.session.expire(user)


def take_back(user: User, packed: str) -> None:
    """Restore an account as it was when it moved, so that nothing of a later holder stays in it.

    Rows added since are deleted; changed or deleted ones are restored. Columns with `ends` are not
    touched, nor are rows that belong to others. The caller commits.
    """
    now, then = find(user, ending=False), raw.read_back(packed)
    _let_go_of_their_files(now)
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
