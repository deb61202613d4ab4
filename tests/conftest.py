"""A fresh site for every test, and three people: Ann (confirmed), Ben (unconfirmed), Eve (stranger)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from minimaluser import create_app
from minimaluser.extensions import db
from tests.person import Person


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with a migrated database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app({"INSTANCE_PATH": str(folder)})
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder


@pytest.fixture
def app(empty_site: Path, tmp_path: Path) -> Iterator[Flask]:
    """A site of its own."""
    folder = tmp_path / "instance"
    shutil.copytree(empty_site, folder)
    app = create_app({"INSTANCE_PATH": str(folder), "SITE_URL": "http://localhost"}, TESTING=False)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def eve(app: Flask) -> Person:
    """A stranger."""
    return Person(app, "eve@example.org")


@pytest.fixture
def ben(app: Flask) -> Person:
    """Signed up, not confirmed, logged in."""
    person = Person(app, "ben@example.org")
    person.sign_up()
    return person


@pytest.fixture
def ann(app: Flask) -> Person:
    """Confirmed, logged in, with a key of her own."""
    person = Person(app, "ann@example.org")
    person.sign_up()
    person.confirm()
    person.choose_key("blue kettle sings at dawn")
    return person
