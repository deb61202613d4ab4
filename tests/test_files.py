"""Files that belong to rows: kept with a row, served from then on, removed some days after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from minimaluser import files, outbox, readiness
from minimaluser.database import db
from minimaluser.lib.storage import Folder
from minimaluser.models import OutboxItem, User, people
from minimaluser.models.base import file_name, owner
from minimaluser.rules import rules
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of, work

UNDONE = rules.undo_closing  # the longest time in which something can be undone
SECOND = timedelta(seconds=1)
PICTURE = b"\x00\xff a picture of a sail"


class Shelf:
    """A table of books, each with a cover."""

    def __init__(self, app: Flask) -> None:
        class Base(DeclarativeBase):
            metadata = db.metadata

        class Book(Base):
            __tablename__ = "book"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = owner()
            cover: Mapped[str | None] = file_name(why="for a test")

        self.app, self.Book = app, Book
        self.table: Any = Book.__table__

    def add(self, owner: Person, content: bytes = PICTURE) -> str:
        with self.app.app_context():
            user = people.by_email(owner.email)
            book = self.Book(user_id=user.id, cover=files.keep(content, "image/webp", user))
            db.session.add(book)
            db.session.commit()
            return str(book.cover)

    def covers(self) -> list[str | None]:
        with self.app.app_context():
            return list(db.session.scalars(select(self.Book.cover)))

    def change(self, content: bytes | None) -> None:
        """Put another cover on the only book; without one remove the book."""
        with self.app.app_context():
            book = db.session.scalars(select(self.Book)).one()
            if content is None:
                db.session.delete(book)
            else:
                user = db.session.get(User, book.user_id)
                book.cover = files.keep(content, "image/webp", user)
            db.session.commit()

    def read(self, name: str) -> bytes | None:
        with self.app.app_context():
            return files.read(name)

    def stored(self) -> set[str]:
        folder = files.path_of("")
        with self.app.app_context():
            store = files.storage()
            assert isinstance(store, Folder)
            root = store.root / folder
        return {path.name for path in root.glob("*")}


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    made = Shelf(app)
    with app.app_context():
        made.table.create(db.engine)
    yield made
    db.metadata.remove(made.table)


def later(app: Flask, clock: time_machine.Traveller, time: timedelta) -> None:
    clock.shift(time)
    work(app)


def test_a_file_is_there_before_and_after_it_is_stored(
    app: Flask, shelf: Shelf, ann: Person
) -> None:
    name = shelf.add(ann)
    assert shelf.read(name) == PICTURE
    assert shelf.stored() == set()
    (task,) = rows_of(app, OutboxItem, OutboxItem.kind == files.PUT)
    assert PICTURE not in task.sealed
    work(app)
    assert shelf.stored() == {name}
    assert shelf.read(name) == PICTURE
    (task,) = rows_of(app, OutboxItem, OutboxItem.kind == files.PUT)
    assert (task.state, task.sealed) == (outbox.DONE, None)


def test_a_file_without_a_row_is_not_kept(app: Flask, shelf: Shelf, ann: Person) -> None:
    with app.app_context():
        name = files.keep(PICTURE, "image/webp", people.by_email(ann.email))
        db.session.rollback()
    assert shelf.read(name) is None
    with app.app_context():
        name = files.keep(PICTURE, "image/webp", people.by_email(ann.email))
        db.session.commit()
    work(app)
    assert shelf.stored() == set()


@pytest.mark.parametrize("content", [b"another", None])
def test_a_file_goes_after_its_row_when_nothing_can_bring_that_back(
    app: Flask, shelf: Shelf, ann: Person, clock: time_machine.Traveller, content: bytes | None
) -> None:
    name = shelf.add(ann)
    work(app)
    shelf.change(content)
    kept = {cover for cover in shelf.covers() if cover}
    later(app, clock, UNDONE - SECOND)
    assert shelf.stored() == kept | {name}
    later(app, clock, SECOND)
    assert shelf.stored() == kept


def test_a_file_is_stored_although_its_row_has_gone_for_now(
    app: Flask, shelf: Shelf, ann: Person, clock: time_machine.Traveller
) -> None:
    name = shelf.add(ann)
    shelf.change(None)
    work(app)
    assert shelf.stored() == {name}
    later(app, clock, UNDONE)
    assert shelf.stored() == set()


@pytest.mark.parametrize("undone", [True, False])
def test_DL1_a_file_goes_with_the_account_and_comes_back_with_it(
    app: Flask, shelf: Shelf, ann: Person, clock: time_machine.Traveller, undone: bool
) -> None:
    name = shelf.add(ann)
    work(app)
    ann.leave()
    assert shelf.covers() == []
    if undone:
        ann.post(ann.link("/closing/undo/"))
    later(app, clock, UNDONE)
    assert shelf.covers() == [name] * undone
    assert shelf.stored() == ({name} if undone else set())


def test_what_a_thief_has_removed_comes_back_with_its_file(
    app: Flask, shelf: Shelf, ann: Person, clock: time_machine.Traveller
) -> None:
    name = shelf.add(ann)
    ann.ask_to_move("thief@evil.example")
    ann.post(ann.link("/email/confirm/", "thief@evil.example"))
    shelf.change(None)
    ann.post(ann.link("/email/undo/"))
    later(app, clock, UNDONE)
    assert shelf.covers() == [name]
    assert shelf.stored() == {name}


def test_a_file_of_a_column_of_the_person_goes_too(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(User.__table__.c.tile_seed.info, "file", True)
    seed = user_of(app, ann.email).tile_seed
    ann.leave()
    assert [
        task.reference for task in rows_of(app, OutboxItem, OutboxItem.kind == files.REMOVE)
    ] == [seed]


def test_a_task_put_off_counts_as_waiting_only_after_its_day(
    app: Flask, shelf: Shelf, ann: Person, clock: time_machine.Traveller
) -> None:
    shelf.add(ann)
    shelf.change(None)
    later(app, clock, UNDONE - SECOND)
    with app.app_context():
        assert readiness.queue() == (0, timedelta())
    clock.shift(2 * SECOND)
    with app.app_context():
        assert readiness.queue() == (1, SECOND)
