"""A fresh site for each test, and three people: Ann (confirmed), Ben (unconfirmed), Eve (a guest).

The app, and the site with Ann and Ben in it, are made once and brought back to how they were for
each test, because making them is slow.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib import hashing
from minimaluser.models import Session, User
from minimaluser.rules import rules
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from tests import postgres, stock
from tests.person import Person
from tests.postgres import Postgres

# A machine that is busy must not make a test fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ANNS_KEY = "blue kettle sings at dawn"
SITE_URL = "http://localhost"
PRODUCTION = {
    "APP_ENV": "production",
    "SITE_URL": "https://mu.example",
    "DATABASE_URL": "postgresql://mu@127.0.0.1/mu",
    "MAILER_URL": "https://mailer.example",
    "SESSION_SECRET": "session-0123456789-abcdefghijklmnop",
    "JWT_SECRET_USER": "user-0123456789-abcdefghijklmnopqrs",
    "JWT_SECRET_HTML": "html-0123456789-abcdefghijklmnopqrs",
    "JWT_MAILER_SECRET": "mailer-0123456789-abcdefghijklmnopq",
}
COSTLY = hashing._hasher
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@event.listens_for(Engine, "connect")
def _hasten(connection: Any, _record: Any) -> None:
    """What a test writes need not survive a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what uses the database, but what is about SQLite itself."""
    if not postgres.WANTED:
        return
    used = [item for item in items if "site" in getattr(item, "fixturenames", ())]
    wanted = [item for item in used if item.get_closest_marker("sqlite") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


@dataclass
class Site:
    """An instance folder to copy, compiled templates to share, and who lives there."""

    folder: Path
    templates: Path
    postgres: Postgres | None
    people: dict[str, tuple[str, str, str]]

    def person(self, app: Flask, name: str) -> Person:
        email, key, cookie = self.people[name]
        person = Person(app, email, key)
        person.client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
        return person

    def copied(self, folder: Path, name: str) -> dict[str, str]:
        """Copy the folder, and the database if it is no file in it; return what says where."""
        shutil.copytree(self.folder, folder)
        if self.postgres is None:
            return {"INSTANCE_PATH": str(folder)}
        url = self.postgres.create(name, Postgres.TEMPLATE)
        return {"INSTANCE_PATH": str(folder), "DATABASE_URL": url}


def make_app(folder: Path, templates: Path, **settings: str) -> Flask:
    environ = {"INSTANCE_PATH": str(folder), "SITE_URL": SITE_URL} | settings
    app = create_app(environ, PROPAGATE_EXCEPTIONS=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    services_of(app).wake = lambda _seconds=0.0: None  # tests work off the outbox themselves
    return app


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hash access keys in no time; what they cost in earnest is tested with `costly_hashes`."""
    hashing._hasher = CHEAP
    yield
    hashing._hasher = COSTLY


@pytest.fixture
def costly_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash access keys as the site does."""
    monkeypatch.setattr(hashing, "_hasher", COSTLY)
    hashing._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres | None]:
    """The PostgreSQL of this worker, when it is wanted."""
    running = postgres.start() if postgres.WANTED else None
    yield running
    if running is not None:
        postgres.stop(running)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, server: Postgres | None) -> Site:
    """A migrated instance folder in which Ann and Ben are logged in; nobody changes it."""
    folder, templates = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("templates")
    database = {"DATABASE_URL": server.create(Postgres.TEMPLATE)} if server else {}
    app = make_app(folder, templates, **database)
    with app.app_context():
        upgrade(revision="heads")
    ben = Person(app, "ben@example.org")
    ben.sign_up()
    ann = Person(app, "ann@example.org")
    ann.sign_up()
    ann.confirm()
    ann.choose_key(ANNS_KEY)
    people = {}
    for name, person in {"ann": ann, "ben": ben}.items():
        person.get("/profile")  # shows, and so ends, the toasts of above
        cookie = person.client.get_cookie("mu_session")
        people[name] = (person.email, person.key, cookie.value)
    close(app)
    if server is not None:
        server.keep()
    return Site(folder, templates, server, people)


@pytest.fixture(scope="session")
def house(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app that all tests share; `app` brings it back to how it was for each of them."""
    folder = tmp_path_factory.mktemp("house") / "instance"
    where = site.copied(folder, "house")  # with the secrets that Ann's cookie is signed with
    return make_app(folder, site.templates, **where)


def bring_back(house: Flask, site: Site, name: str = "house") -> None:
    """Bring an app back to Ann and Ben as they were; nothing may be connected to it.

    `name` is that of its database in PostgreSQL.
    """
    folder = settings_of(house).instance_path
    shutil.rmtree(folder)
    shutil.copytree(site.folder, folder)
    if site.postgres is not None:
        site.postgres.restore(name)
    with house.app_context():  # nobody has been idle, however long the tests have run
        db.session.execute(db.update(Session).values(seen_at=datetime.now(UTC)))
        db.session.commit()


@pytest.fixture
def app(house: Flask, site: Site) -> Iterator[Flask]:
    """A site with Ann and Ben; an exception that no handler answers reaches the test."""
    bring_back(house, site)
    lasting = house.config, house.view_functions, house.extensions, vars(services_of(house))
    kept = [(part, dict(part)) for part in lasting]
    yield house
    close(house)
    for part, before in kept:
        part.clear()
        part.update(before)


@pytest.fixture
def stocked(app: Flask, tmp_path: Path) -> Flask:
    """The same site, with what the parts of the product show in it."""
    with app.app_context():
        stock.fill(tmp_path / "stock")
    return app


@pytest.fixture
def production(site: Site, tmp_path: Path) -> Iterator[Flask]:
    """The same site as it runs in production, at https://mu.example; logging is put back after."""
    folder = tmp_path / "production"
    where = site.copied(folder, "production")
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    app = create_app({**PRODUCTION, "DATABASE_URL": f"sqlite:///{folder / 'site.db'}", **where})
    yield app
    close(app)
    root.handlers[:], logging.raiseExceptions = before[0], before[2]
    root.setLevel(before[1])
    logging.getLogger("minimaluser").setLevel(logging.NOTSET)


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything may be done as often as a test needs it."""
    monkeypatch.setattr(rules, "limits", {action: {} for action in rules.limits})


@pytest.fixture
def inside(app: Flask) -> Iterator[Any]:
    """The site's context, for what is called without HTTP."""
    with app.app_context() as pushed:
        yield pushed


@pytest.fixture
def eve(app: Flask) -> Person:
    """A stranger."""
    return Person(app, "eve@example.org")


@pytest.fixture
def ben(app: Flask, site: Site) -> Person:
    """Signed up, not confirmed, logged in."""
    return site.person(app, "ben")


@pytest.fixture
def ann(app: Flask, site: Site) -> Person:
    """Confirmed, logged in, with a key of her own."""
    return site.person(app, "ann")


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    """Time stands still; `clock.shift(timedelta)` lets it pass. Ann and Ben have just come."""
    moment = datetime.now(UTC)
    with app.app_context():
        now = dict.fromkeys(("created_at", "seen_at", "key_entered_at"), moment)
        db.session.execute(db.update(Session).values(now))
        db.session.execute(db.update(User).values(created_at=moment, key_set_at=moment))
        db.session.commit()
    with time_machine.travel(moment, tick=False) as traveller:
        yield traveller
