"""The purge of very much at once: in short transactions, by statements about many (ST3)."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, insert, select

from minimaluser import accounts, outbox
from minimaluser.database import db
from minimaluser.lib import clock as now
from minimaluser.models import Event, Hit, OutboxItem, Session, Token, User
from minimaluser.rules import rules
from minimaluser.security.limits import _keys
from minimaluser.testing.client import Person
from minimaluser.testing.database import VERB, count, listening, statements

DAY = timedelta(days=1)
PEOPLE, ROWS = 100, 1000  # at most in a transaction
UNIQUE = {"email_key", "nickname_key", "tile_name", "secret_hash", "id_hash", "reference"}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long nothing was locked, each time; nobody waits for it here."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def settle_like(app: Flask, email: str, many: int) -> list[str]:
    """Let many more have signed up as somebody has, eight days ago.

    Something is counted of each; return under which keys.
    """
    with app.app_context():
        ben = db.session.scalars(select(User).where(User.email == email)).one()
        last = max(db.session.scalars(select(User.id)))
        numbers = range(last + 1, last + 1 + many)
        for table in (User, Session, Token, Event, OutboxItem):
            copy_rows(table.__table__, ben.id, numbers)
        keys = [_keys("nickname", "account", number)[0] for number in numbers]
        moment = now.now()
        hit = {"at": moment, "expires_at": moment + DAY}
        db.session.execute(insert(Hit), [{"member": k[:16], "key": k, **hit} for k in keys])
        db.session.commit()
        return keys


def copy_rows(table: Table | Any, owner: int, numbers: range) -> None:
    column = table.c.id if table.name == "users" else table.c.user_id
    rows = db.session.execute(select(table).where(column == owner)).mappings().all()
    copies = []
    for row in rows:
        for number in numbers:
            copy = dict(row) | {column.name: number}
            if column.name != "id":
                del copy["id"]
            for name in UNIQUE & copy.keys():
                copy[name] = str(uuid.uuid4())
            if table.name == "users":
                copy["created_at"] = now.now() - rules.unconfirmed - DAY
            copies.append(copy)
    assert copies, f"{table} has nothing to copy"
    db.session.execute(insert(table), copies)


@contextmanager
def transactions(app: Flask) -> Iterator[list[Counter[str]]]:
    """For each transaction how many rows of which table were written or deleted in it."""
    seen: list[Counter[str]] = []

    def begin(_connection: Any) -> None:
        seen.append(Counter())

    def note(_connection: Any, cursor: Any, sql: str, *_rest: Any) -> None:
        found = VERB.match(sql)
        if found and found[1] != "SELECT":
            seen[-1][f"{found[1].split()[0]} {found[2]}"] += max(cursor.rowcount, 0)

    with listening(app, begin=begin, after_cursor_execute=note):
        yield seen


def test_ST3_accounts_are_purged_a_hundred_at_a_time_and_others_write_meanwhile(
    app: Flask, ben: Person, pauses: list[float]
) -> None:
    keys = settle_like(app, ben.email, 250)
    before = count(app, OutboxItem, OutboxItem.kind == "tile_remove")
    with app.app_context(), transactions(app) as seen:
        assert accounts.purge()["unconfirmed"] == 250
    per = [each["DELETE users"] for each in seen if each["DELETE users"]]
    assert per == [100, 100, 50]
    assert max(sum(each.values()) for each in seen) <= 12 * PEOPLE
    assert pauses == [0.1, 0.1]
    assert count(app, User, User.id > 2) == 0
    assert count(app, OutboxItem, OutboxItem.kind == "tile_remove") == before + 250
    for model in (Session, Token, Event):
        assert count(app, model, model.user_id > 2) == 0
    unsent = (OutboxItem.kind == "mail", OutboxItem.state != outbox.DONE)
    assert count(app, OutboxItem, OutboxItem.user_id.is_(None), *unsent) == 0
    assert count(app, Hit, Hit.key.in_(keys)) == 0


def test_a_batch_costs_as_many_statements_as_one_account(
    app: Flask, ben: Person, pauses: list[float]
) -> None:
    """But for tasks of the outbox on SQLite, which takes new rows one by one."""
    costs = []
    for many in (1, 60):
        settle_like(app, ben.email, many)
        with app.app_context(), statements(app) as seen:
            assert accounts.purge()["unconfirmed"] == many
        costs.append([sql[:20] for sql in seen if not sql.startswith("INSERT")])
    assert len(costs[1]) == len(costs[0])


def test_ST3_rows_are_purged_a_thousand_at_a_time(app: Flask, pauses: list[float]) -> None:
    past = now.now() - 100 * DAY
    with app.app_context():
        old = {"at": past, "expires_at": past}
        hits = [{"member": str(n), "key": str(n), **old} for n in range(2500)]
        db.session.execute(insert(Hit), hits)
        events = [{"user_id": 1, "kind": "login", "browser": "", "network": ""}] * 1000
        db.session.execute(insert(Event), [{**each, "created_at": past} for each in events])
        db.session.commit()
    with app.app_context(), transactions(app) as seen:
        gone = accounts.purge()
    assert (gone["hits"], gone["events"]) == (2500, 1000)
    assert max(sum(each.values()) for each in seen) == ROWS
    assert pauses == [0.1] * 3
