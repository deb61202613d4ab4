"""What tests look up in the database, past all use cases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, func, select

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.models import Session, User, people

VERB = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM|SELECT)\s+(\w+)")

Rows = dict[str, list[tuple[Any, ...]]]


def snapshot(app: Flask, *, without: tuple[str, ...] = ()) -> Rows:
    """Every row of every table, but for what limits count, which is no change.

    `without` names columns like `session.seen_at` to leave out.
    """
    rows: Rows = {}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            if table.name == "hit":
                continue
            columns = [c for c in table.columns if f"{table.name}.{c.name}" not in without]
            query = select(*columns).order_by(*table.primary_key.columns)
            rows[table.name] = [tuple(row) for row in db.session.execute(query)]
    return rows


def count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context():
        query = select(func.count()).select_from(model).where(*conditions)
        return db.session.scalar(query) or 0


def rows_of(app: Flask, model: Any, *conditions: Any) -> list[Any]:
    """Detached rows of a model, oldest first."""
    with app.app_context():
        found = list(db.session.scalars(select(model).where(*conditions).order_by(model.id)))
        db.session.expunge_all()
        return found


def user_of(app: Flask, email: str) -> User | None:
    """The user with this address, as a detached row."""
    found = rows_of(app, User, User.email_key == email.lower())
    return found[0] if found else None


def logged_in(email: str) -> User:
    """The user with this address, as a request from their newest session knows them.

    In the caller's context.
    """
    user = people.by_email(email)
    assert user is not None
    newest = select(Session).where(Session.user_id == user.id).order_by(Session.id.desc())
    user.session = db.session.scalar(newest.limit(1))
    return user


def change(app: Flask, model: Any, identity: int, **values: Any) -> None:
    """Set columns of one row."""
    with app.app_context():
        row = db.session.get(model, identity)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def work(app: Flask) -> None:
    """Do what the worker would: everything that is due."""
    with app.app_context():
        while outbox.work():
            pass


@contextmanager
def listening(app: Flask, **heard: Callable[..., None]) -> Iterator[None]:
    """Call functions at events of the app's engine inside the block; the names are SQLAlchemy's."""
    with app.app_context():
        engine = db.engine
    for name, function in heard.items():
        event.listen(engine, name, function)
    try:
        yield
    finally:
        for name, function in heard.items():
            event.remove(engine, name, function)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL that runs inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        seen.append(sql)

    with listening(app, before_cursor_execute=note):
        yield seen


def kinds_of(seen: list[str]) -> Counter[tuple[str, ...]]:
    """Count statements by what they do, and to which table or column."""
    return Counter(found.groups() for sql in seen for found in VERB.finditer(sql))
