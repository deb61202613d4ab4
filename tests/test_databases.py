"""Databases as they are deployed: only reading for a while, behind a pooler, one of several."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from minimaluser.database import db
from minimaluser.lib import clock
from minimaluser.models import OutboxItem, User
from minimaluser.outbox import DONE, queues, wake
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing import pgbouncer, postgres
from minimaluser.testing.apps import close, migrate
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, listening, work
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.sites import Site, make_app

on_postgresql = pytest.mark.skipif(not postgres.WANTED, reason="is about PostgreSQL itself")
CHANGES = {
    "/login": {"email": "ann@example.org", "key": "wrong"},
    "/logout": {},
    "/profile/nickname": {"nickname": "Ann the Great"},
    "/signup": {"email": "new@example.org"},
}
MakeSite = Callable[[str], Flask]


@contextmanager
def only_reading(app: Flask, server: Postgres | None) -> Iterator[None]:
    """Have the database only read, as after a failover; connections outlive it."""

    def read_only(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    with app.app_context():
        db.engine.dispose()
    if server is None:
        with listening(app, connect=read_only), pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "access", lambda _path, how: how != os.W_OK)
            yield
        return
    name = settings_of(app).database_url.rpartition("/")[2]
    server.do(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        yield
    finally:
        server.do(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_OP3_a_database_that_only_reads_is_not_now_and_all_is_well_afterwards(
    app: Flask, ann: Person, server: Postgres | None
) -> None:
    tokens = {path: ann.token() for path in CHANGES}
    with only_reading(app, server):
        for path, form in CHANGES.items():
            person = ann.elsewhere() if path in {"/login", "/signup"} else ann
            token = "" if person is not ann else tokens[path]
            answer = person.post(path, form, token=token)
            assert (path, answer.status_code) == (path, 503)
            assert answer.headers["Retry-After"].isdecimal()
        for _ in range(2):
            answer = ann.get("/readyz")
            assert (answer.status_code, answer.json["database"]) == (503, False)
    assert ann.get("/readyz").status_code == 200
    assert ann.post("/profile/nickname", CHANGES["/profile/nickname"]).status_code == 303


def test_OP3_what_could_not_be_written_once_costs_one_answer_at_most(
    app: Flask, ann: Person, server: Postgres | None
) -> None:
    with only_reading(app, server):
        with ThreadPoolExecutor(4) as pool:  # as many connections
            statuses = list(pool.map(lambda _: ann.elsewhere().log_in().status_code, range(8)))
        assert set(statuses) == {503}
    first, second = (ann.elsewhere().log_in().status_code for _ in range(2))
    assert first in {303, 503}
    assert second == 303


@on_postgresql
def test_OP3_what_was_only_read_meanwhile_costs_no_answer_afterwards(
    app: Flask, ann: Person, server: Postgres
) -> None:
    with only_reading(app, server), ThreadPoolExecutor(4) as pool:  # as many connections
        pages = [pool.submit(ann.get, "/profile") for _ in range(8)]
        assert {page.result().status_code for page in pages} == {200}
    assert ann.post("/profile/nickname", CHANGES["/profile/nickname"]).status_code == 303


def test_OP3_a_full_disk_is_not_ready(
    app: Flask, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    if postgres.WANTED:
        pytest.skip("PostgreSQL may be anywhere")
    real = os.statvfs(settings_of(app).instance_path)
    full = os.statvfs_result([*real[:3], 0, 0, *real[5:]])
    with monkeypatch.context() as patch:
        patch.setattr(os, "statvfs", lambda _path: full)
        answer = eve.get("/readyz")
        assert (answer.status_code, answer.json["database"]) == (503, False)
    assert eve.get("/readyz").status_code == 200


@pytest.fixture
def awake(site: Site, tmp_path: Path) -> Iterator[Flask]:
    """A site whose worker is woken, unlike that of other tests."""
    app = make_app(
        tmp_path / "instance", site.templates, **site.copied(tmp_path / "instance", "awake")
    )
    del services_of(app).wake
    services_of(app).huey.storage.initialize_schema()
    yield app
    services_of(app).huey.storage.close()
    close(app)


def test_the_worker_is_woken_over_another_connection_when_one_is_lost(
    awake: Flask, server: Postgres | None, caplog: pytest.LogCaptureFixture
) -> None:
    huey = services_of(awake).huey
    for way in ("ended", "reads only"):
        with awake.app_context():
            wake()
        assert huey.pending_count() == 1
        assert huey.storage.dequeue() is not None
        if server is None:
            huey.storage.conn.execute("PRAGMA query_only = ON")
        elif way == "reads only":
            huey.storage.conn.execute("SET default_transaction_read_only = on")
        else:
            server.do(f"SELECT pg_terminate_backend({huey.storage.conn.info.backend_pid}, 5000)")
    with suppress(Exception):
        huey.storage.enqueue(b"lost")
    huey.storage.enqueue(b"there")
    assert huey.storage.dequeue() == b"there"
    assert "could not be woken" not in caplog.text


# --- PostgreSQL: what DATABASE_URL may say, poolers, migrations


@pytest.fixture
def make_site(site: Site, server: Postgres | None, tmp_path: Path) -> Iterator[MakeSite]:
    """Make a migrated site from the address of an empty database."""
    made: list[Flask] = []

    def make(url: str, *, empty: bool = True) -> Flask:
        folder = tmp_path / f"site{len(made)}"
        if empty:
            migrate({"INSTANCE_PATH": str(folder), "DATABASE_URL": url})
        made.append(make_app(folder, site.templates, DATABASE_URL=url))
        del services_of(made[-1]).wake
        return made[-1]

    yield make
    for app in made:
        services_of(app).huey.storage.close()
        close(app)


def tables(app: Flask, schema: str) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names(schema=schema))


@on_postgresql
def test_OP1_the_options_of_the_address_hold_for_site_migrations_and_worker(
    make_site: MakeSite, server: Postgres
) -> None:
    server.create("o d?d/%@&")
    with psycopg.connect(server.url("postgres"), dbname="o d?d/%@&", autocommit=True) as admin:
        admin.execute("CREATE SCHEMA app")
    options = quote("-c search_path=app -c statement_timeout=1234", safe="")
    hosts = f"127.0.0.1:{postgres.free_port()},127.0.0.1:{server.port}"
    name = quote("o d?d/%@&", safe="")
    url = f"postgresql://postgres:p%40ss@{hosts}/{name}"
    app = make_site(f"{url}?target_session_attrs=read-write&options={options}")
    Person(app, "new@example.org").sign_up()
    assert services_of(app).huey.pending_count() == 1
    assert tables(app, "app") >= {"users", "alembic_version", "huey_task"}
    assert tables(app, "public") == set()
    with app.app_context():
        limits = ("statement_timeout", "lock_timeout")
        found = [db.session.execute(sa.text(f"SHOW {limit}")).scalar() for limit in limits]
    assert found == ["1234ms", "2s"]


@on_postgresql
@pytest.mark.parametrize("mode", pgbouncer.MODES)
def test_OP2_the_site_works_through_a_pooler_in_both_modes(
    make_site: MakeSite, server: Postgres, mode: str
) -> None:
    server.create("pooled")
    few = "default_pool_size = 3\n" if mode == "transaction" else ""
    with pgbouncer.running(server, mode, few) as pooler:
        app = make_site(pooler.url("pooled"))

        def live(number: int) -> int:
            person = Person(app, f"new{number}@example.org")
            person.sign_up()
            return int(person.post("/profile/nickname", {"nickname": f"Nick {number}"}).status_code)

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(live, range(20))) == {303}
        work(app)
        assert count(app, OutboxItem, OutboxItem.state == DONE) == 40
        assert count(app, User, User.nickname.startswith("Nick ")) == 20
        storage = services_of(app).huey.storage
        assert 1 <= storage.queue_size() <= 4  # threads that looked at the same time
        assert storage.blocking is False  # nobody would hear a notification
        services_of(app).huey.storage.close()
        close(app)
        with server._connect("pooled") as left:
            kept = left.execute("SELECT query FROM pg_stat_activity WHERE query LIKE 'listen%'")
            assert kept.fetchall() == []


@on_postgresql
def test_OP2_a_server_that_says_nothing_is_not_waited_for(
    app: Flask, ann: Person, server: Postgres
) -> None:
    assert ann.get("/profile").status_code == 200
    silent = [server.process.pid, *server.process.children]
    began = time.monotonic()
    try:
        for pid in silent:
            os.kill(pid, signal.SIGSTOP)
        assert ann.get("/profile").status_code == 503
        assert time.monotonic() - began < 8
    finally:
        for pid in silent:
            os.kill(pid, signal.SIGCONT)
    assert ann.get("/profile").status_code == 200


@on_postgresql
def test_a_worker_that_has_a_connection_of_its_own_is_notified(awake: Flask) -> None:
    storage = services_of(awake).huey.storage
    assert isinstance(storage, queues.PostgresQueue)
    assert storage.queue_size() == 0
    assert storage.blocking is True


@on_postgresql
def test_a_worker_makes_a_connection_anew_that_was_lost_while_idle(
    awake: Flask, server: Postgres
) -> None:
    storage = services_of(awake).huey.storage
    storage.read_timeout = 0.01
    for ask in (storage.dequeue, partial(storage.read_schedule, clock.now())):
        assert not ask()
        for made in (storage.conn, storage._listen_conn()):
            server.do(f"SELECT pg_terminate_backend({made.info.backend_pid}, 5000)")
        assert not ask()
