"""Sites on which limits count as in production, for tests of what may be done how often."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from minimaluser.lib import shared_counter
from minimaluser.models import people
from minimaluser.personal import whose
from minimaluser.services import services_of
from minimaluser.testing import valkey
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.sites import Site
from tests.garden import MARK, OTHER, Garden


@pytest.fixture(scope="session")
def server_of_hits() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))  # short: a socket's path is at most 107 bytes
    with valkey.running(folder) as url:
        yield url
    shutil.rmtree(folder)


@pytest.fixture(params=["database", "valkey"])
def counted(request: pytest.FixtureRequest, app: Flask) -> Iterator[Flask]:
    """The site as in production, without shared addresses; counts in either place."""
    change_settings(app, rate_limit_crowd=1)
    if request.param == "valkey":
        counter = shared_counter.SharedCounter(request.getfixturevalue("server_of_hits"))
        counter._client.flushall()
        services_of(app).counter = counter
        yield app
        counter._client.close()
    else:
        yield app


@pytest.fixture
def crowded(app: Flask) -> Flask:
    """The site as in production, without shared network addresses."""
    change_settings(app, rate_limit_crowd=1)
    return app


@pytest.fixture
def owner(crowded: Flask, site: Site) -> Person:
    return site.person(crowded, "ann")


@pytest.fixture
def garden(app: Flask, ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch) -> Garden:
    """Ann and Ben with a value of every type, each with marks of their own."""
    with app.app_context():
        garden = Garden(monkeypatch)
        whose.insist()
        garden.fill(people.by_email(ben.email), OTHER)
        garden.fill(people.by_email(ann.email), MARK)
    return garden
