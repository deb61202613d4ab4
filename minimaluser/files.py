"""The storage of the site, the names of its files, and files that belong to rows.

A file belongs to the row that names it in a column made by `models.base.file_name`:

    photo: Mapped[str | None] = file_name(why="…")                 in the model
    bicycle.photo = files.keep(content, "image/webp", user)        in a transaction
    content = files.read(bicycle.photo)                            in the view that serves it

The worker writes the file to the storage; until then it is in the outbox, encrypted. When its row
is deleted or names another file, the worker removes the file once no undo can restore the row. This
happens by itself when the session deletes a row and when an account is closed; if you delete rows
by a DELETE statement, call `let_go` yourself.
"""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

from sqlalchemy import Column, Select, Table, event, inspect, select, update
from sqlalchemy.orm import Session

from minimaluser.database import db, transaction
from minimaluser.lib import clock, sealing
from minimaluser.lib.storage import Storage
from minimaluser.models import WAITING, OutboxItem, User
from minimaluser.rules import rules
from minimaluser.services import services
from minimaluser.settings import settings

PUT, REMOVE = "file_put", "file_remove"  # kinds of tasks


def storage() -> Storage:
    """Return the storage of the site."""
    return services().storage


def tile_path(name: str) -> str:
    """Return the path of a tile in the storage."""
    return f"tiles/{name}.svg"


def path_of(name: str) -> str:
    """Return the path in the storage of a file that belongs to a row."""
    return f"files/{name}"


def keep(content: bytes, content_type: str, user: User) -> str:
    """Store a file with the caller's transaction; return its name, for the row it belongs to."""
    name = str(uuid.uuid4())
    packed = {"type": content_type, "content": base64.b64encode(content).decode()}
    sealed = sealing.seal(settings.session_secret, json.dumps(packed))
    db.session.add(OutboxItem(kind=PUT, reference=name, user_id=user.id, sealed=sealed))
    return name


def read(name: str) -> bytes | None:
    """Return the content of a file, or None if there is no file of this name.

    Raises:
        storage.Away: the storage does not respond.
    """
    task = (OutboxItem.kind == PUT, OutboxItem.reference == name)
    sealed = db.session.scalar(select(OutboxItem.sealed).where(*task))
    return _unpacked(sealed)[0] if sealed else storage().read(path_of(name))


def let_go(name: str) -> None:
    """Schedule a removal in the caller's transaction; a file that a row names then is kept."""
    due = clock.now() + max(rules.undo_closing, rules.undo_email)
    task = (OutboxItem.kind == REMOVE, OutboxItem.reference == name)
    item = db.session.scalar(select(OutboxItem).where(*task))
    if item is None:
        item = OutboxItem(kind=REMOVE, reference=name)
        db.session.add(item)
    item.state, item.created_at, item.due_at = WAITING, due, due


def put(item: OutboxItem) -> None:
    """Write a file to the storage: a task of the outbox."""
    if item.sealed is None:  # it was written already
        return
    if _is_wanted(item.reference):
        storage().write(path_of(item.reference), *_unpacked(item.sealed))
    if not _is_wanted(item.reference):  # its row was deleted meanwhile
        storage().delete(path_of(item.reference))
    with transaction():
        db.session.execute(update(OutboxItem).where(OutboxItem.id == item.id).values(sealed=None))


def remove(item: OutboxItem) -> None:
    """Remove a file if no row names it: a task of the outbox."""
    if not _is_named(item.reference):
        storage().delete(path_of(item.reference))


def columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that name files."""
    return [column for column in table.columns if "file" in column.info]


def _is_named(name: str) -> bool:
    """Tell whether a row names the file."""
    return _is_there(*_rows_with(name))


def _is_wanted(name: str) -> bool:
    """Tell whether a row names the file, or a deleted row that named it can still be restored."""
    removal = (OutboxItem.kind == REMOVE, OutboxItem.reference == name)
    waits = select(OutboxItem.id).where(*removal, OutboxItem.state == WAITING)
    return _is_there(*_rows_with(name), waits)


def _rows_with(name: str) -> list[Select[Any]]:
    named = [column for table in db.metadata.tables.values() for column in columns(table)]
    return [select(column).where(column == name) for column in named]


def _is_there(*queries: Select[Any]) -> bool:
    found = any(db.session.scalar(query) is not None for query in queries)
    db.session.rollback()  # no lock is held while the storage is slow
    return found


def _unpacked(sealed: bytes) -> tuple[bytes, str]:
    packed = json.loads(sealing.unseal(settings.session_secret, sealed))
    return base64.b64decode(packed["content"]), packed["type"]


@event.listens_for(db.session, "before_flush")
def _let_go_with_rows(rows: Session, *_about: Any) -> None:
    for row in [*rows.deleted, *rows.dirty]:
        state: Any = inspect(row)
        for column in columns(state.mapper.local_table):
            key = state.mapper.get_property_by_column(column).key
            known = state.attrs[key]
            before = [known.value] if row in rows.deleted else known.history.deleted
            for name in filter(None, before):
                let_go(name)
