"""A fresh site for each test, and three people: Ann (confirmed), Ben (unconfirmed), Eve (a guest).

The app, and the site with Ann and Ben in it, are made once and brought back to how they were for
each test, because making them is slow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib import hashing
from minimaluser.models import OutboxItem, Session, User
from minimaluser.rules import rules
from minimaluser.services import services_of
from minimaluser.testing import postgres
from minimaluser.testing.client import Person
from minimaluser.testing.database import work
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.sites import PRODUCTION, Site, bring_back, close, make_app, settle
from minimaluser.testing.stopping import pytest_configure as pytest_configure
from tests import stock

# A machine that is busy must not make a test fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

COSTLY = hashing._hasher
CHEAP = PasswordHasher(1, 8, 1, salt_len=hashing.SALT_BYTES)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what uses the database, but what is about SQLite itself or no database."""
    if not postgres.WANTED:
        return
    used = [item for item in items if "site" in getattr(item, "fixturenames", ())]
    other = ("sqlite", "once")
    wanted = [item for item in used if not any(map(item.get_closest_marker, other))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


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
    running = Postgres(hasty=True) if postgres.WANTED else None
    if running is not None:
        running.start()
    yield running
    if running is not None:
        running.end()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, server: Postgres | None) -> Site:
    """A migrated instance folder in which Ann and Ben are logged in; nobody changes it."""
    return settle(tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("templates"), server)


@pytest.fixture(scope="session")
def shared(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app that all tests share; `app` brings it back to how it was for each of them."""
    folder = tmp_path_factory.mktemp("house") / "instance"
    where = site.copied(folder, "house")  # with the secrets that Ann's cookie is signed with
    return make_app(folder, site.templates, **where)


@pytest.fixture
def app(shared: Flask, site: Site) -> Iterator[Flask]:
    """A site with Ann and Ben; an exception that no handler answers reaches the test."""
    bring_back(shared, site)
    lasting = shared.config, shared.view_functions, shared.extensions, vars(services_of(shared))
    kept = [(part, dict(part)) for part in lasting]
    yield shared
    close(shared)
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
def empty(app: Flask) -> Flask:
    """A site with nothing to do."""
    work(app)
    with app.app_context():
        db.session.execute(db.delete(OutboxItem))
        db.session.commit()
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
