"""Rows and their constraints, and what a row can tell about itself."""

from __future__ import annotations

import re
import sqlite3
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from minimaluser import database
from minimaluser.accounts import signup
from minimaluser.configuration import of_flask
from minimaluser.database import db
from minimaluser.lib import clock as now
from minimaluser.lib import connections
from minimaluser.models import Code, OutboxItem, Session, Token, User
from minimaluser.rules import DAY, rules
from minimaluser.settings import settings_of
from minimaluser.testing import postgres
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, snapshot, statements, user_of
from minimaluser.testing.sites import Site


def a_user(**more: Any) -> User:
    user = signup.add_user("carla@example.org", "carla@example.org", "hash", "")
    for name, value in more.items():
        setattr(user, name, value)
    return user


UNIQUE = [
    ("users", ["email_key"]),
    ("users", ["nickname_key"]),
    ("users", ["tile_name"]),
    ("session", ["secret_hash"]),
    ("token", ["id_hash"]),
    ("code", ["flow_hash"]),
    ("outbox_item", ["kind", "reference"]),
]


@pytest.mark.parametrize(("table", "columns"), UNIQUE)
def test_ST1_the_database_itself_keeps_things_unique(
    inside: None, table: str, columns: list[str]
) -> None:
    found = sa.inspect(db.engine).get_unique_constraints(table)
    assert columns in [constraint["column_names"] for constraint in found]


@pytest.mark.parametrize("column", ["email_key", "nickname_key", "tile_name"])
def test_ST1_a_second_user_with_the_same_key_is_refused(inside: None, column: str) -> None:
    ann = db.session.scalar(sa.select(User).where(User.email == "ann@example.org"))
    a_user(**{column: getattr(ann, column)})
    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_DL1_an_id_is_never_given_twice(inside: None) -> None:
    user = a_user()
    db.session.commit()
    first = user.id
    db.session.delete(user)
    db.session.commit()
    user = a_user()
    db.session.commit()
    assert user.id == first + 1
    table: Any = User.__table__
    assert table.dialect_options["sqlite"]["autoincrement"] is True


def test_SE5_the_id_of_a_session_is_never_given_twice(app: Flask, ann: Person) -> None:
    """A request that is late would take the session that has it now for its own."""
    before = max(row.id for row in rows_of(app, Session))
    for _ in range(2):
        ann.log_out()
        ann.log_in()
    assert min(row.id for row in rows_of(app, Session, Session.user_id == 2)) == before + 2


def test_DL1_what_belongs_to_a_user_goes_with_the_user(app: Flask) -> None:
    with app.app_context():
        user = a_user()
        moment = now.now() + DAY
        for row in (
            Session(user_id=user.id, secret_hash="s"),
            Token(user_id=user.id, purpose="confirm", id_hash="t", expires_at=moment),
            Code(user_id=user.id, flow_hash="f", browser_hash="b", digest="d", expires_at=moment),
            OutboxItem(user_id=user.id, kind="mail", reference="r"),
        ):
            db.session.add(row)
        db.session.commit()
        db.session.execute(sa.delete(User).where(User.id == user.id))
        db.session.commit()
    assert count(app, Session, Session.secret_hash == "s") == 0
    assert count(app, Token, Token.id_hash == "t") == 0
    assert count(app, Code) == 0
    assert rows_of(app, OutboxItem, OutboxItem.reference == "r")[0].user_id is None


def test_nothing_can_belong_to_a_user_who_is_not_there(inside: None) -> None:
    db.session.add(Session(user_id=10**6, secret_hash="s"))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()


@pytest.mark.sqlite
def test_ST3_sqlite_is_set_up_for_many_at_once(inside: None) -> None:
    found = {
        name: db.session.execute(sa.text(f"PRAGMA {name}")).scalar()
        for name in ("journal_mode", "foreign_keys", "busy_timeout")
    }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000}


@pytest.mark.sqlite
def test_ST3_what_sqlite_has_committed_survives_a_power_cut(site: Site) -> None:
    connection = sqlite3.connect(site.folder / "site.db")
    connections._prepare_sqlite(connection, None)  # the tests themselves are in more of a hurry
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("begin", "begun"), [(nullcontext, "BEGIN"), (database.transaction, "BEGIN IMMEDIATE")]
)
def test_ST3_a_transaction_that_may_write_waits_for_sqlite_before_it_reads(
    app: Flask, begin: Any, begun: str
) -> None:
    for method in ("GET", "HEAD", "POST"):
        with statements(app) as seen, app.test_request_context(method=method), begin():
            db.session.execute(sa.text("SELECT 1"))
        assert seen[0] == begun


def test_ST3_a_connection_to_postgresql_is_asked_for_with_its_limits(app: Flask) -> None:
    ours = replace(settings_of(app), database_url="postgres://db/x")
    told = of_flask(ours)
    assert told["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://db/x"
    options = told["SQLALCHEMY_ENGINE_OPTIONS"]
    assert options["connect_args"]["connect_timeout"] == 2
    assert options["connect_args"]["tcp_user_timeout"] == 10_000
    assert "options" not in options["connect_args"]  # a pooler would refuse it
    begin = options["execution_options"][connections.BEGIN]
    assert begin.startswith("BEGIN; SET LOCAL ")
    assert dict(re.findall(r"SET LOCAL (\w+) = '(\w+)'", begin)) == {
        "statement_timeout": "3s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
    }
    assert options["pool_size"] + options["max_overflow"] <= 10
    assert options["pool_timeout"] <= 2


@pytest.mark.skipif(not postgres.WANTED, reason="is about PostgreSQL itself")
def test_ST3_postgresql_keeps_the_limits(inside: None) -> None:
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    found = [db.session.execute(sa.text(f"SHOW {limit}")).scalar() for limit in limits]
    assert found == ["3s", "2s", "10s"]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(2027, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_aware_and_the_same(app: Flask, moment: datetime) -> None:
    change(app, User, user_of(app, "ann@example.org").id, confirmed_at=moment)
    found = user_of(app, "ann@example.org").confirmed_at
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_no_moment_is_none(app: Flask) -> None:
    assert user_of(app, "ben@example.org").confirmed_at is None


def test_columns_are_as_long_as_the_rules_allow() -> None:
    columns: Any = User.__table__.columns
    assert columns["email"].type.length == columns["email_key"].type.length == 254
    assert columns["nickname"].type.length == rules.nickname.longest
    assert columns["nickname_key"].type.length == rules.nickname.most_bytes


def test_a_first_key_is_good_for_seven_days(clock: time_machine.Traveller) -> None:
    user = User(key_is_first=True, key_set_at=now.now())
    assert user.key_expires_at == now.now() + 7 * DAY
    clock.shift(7 * DAY - timedelta(seconds=1))
    assert user.key_is_good
    clock.shift(1)
    assert not user.key_is_good


def test_an_own_key_is_good_for_ever(clock: time_machine.Traveller) -> None:
    user = User(key_is_first=False, key_set_at=now.now())
    clock.shift(1000 * DAY)
    assert user.key_is_good
    assert user.key_expires_at is None


@pytest.mark.parametrize(
    ("keep", "idle", "age", "alive"),
    [
        (False, timedelta(hours=12) - timedelta(seconds=1), timedelta(), True),
        (False, timedelta(hours=12), timedelta(), False),
        (True, 7 * DAY - timedelta(seconds=1), timedelta(), True),
        (True, 7 * DAY, timedelta(), False),
        (True, timedelta(), 30 * DAY - timedelta(seconds=1), True),
        (True, timedelta(), 30 * DAY, False),
        (False, timedelta(), 30 * DAY, False),
    ],
)
def test_SE4_a_session_knows_whether_it_is_alive(
    clock: time_machine.Traveller, keep: bool, idle: timedelta, age: timedelta, alive: bool
) -> None:
    moment = now.now()
    session = Session(keep=keep, seen_at=moment - idle, created_at=moment - max(age, idle))
    assert session.is_alive is alive


@pytest.mark.parametrize(
    ("ago", "recent"),
    [
        (None, False),
        (timedelta(0), True),
        (timedelta(seconds=599), True),
        (timedelta(minutes=10), False),
    ],
)
def test_SE7_a_key_was_entered_recently_or_not(
    clock: time_machine.Traveller, ago: timedelta | None, recent: bool
) -> None:
    entered = None if ago is None else now.now() - ago
    assert Session(key_entered_at=entered).key_is_recent is recent


def test_a_disabled_user_is_not_active() -> None:
    assert User().is_active
    assert not User(disabled_at=now.now()).is_active


def test_the_snapshot_of_these_tests_sees_every_table(app: Flask) -> None:
    assert set(snapshot(app)) == set(db.metadata.tables) - {"hit"}
