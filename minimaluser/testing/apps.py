"""Apps for tests: with other settings, migrated, closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.services import services_of
from minimaluser.settings import bind, settings_of


def change_settings(app: Flask, **changes: Any) -> None:
    """Give an app other settings; the fixture `app` takes them back after a test."""
    bind(app, replace(settings_of(app), **changes))


def close(app: Flask) -> None:
    """Let go of every connection to the database and to the queue."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if "_engine" in vars(services_of(app)):  # it is made at its first use
        services_of(app).huey.storage.close()


def migrate(environ: Mapping[str, str], fill: Callable[[], None] = lambda: None) -> None:
    """Make the tables of a site, those of the worker too, and put in what is wanted."""
    app = create_app(environ)
    with app.app_context():
        upgrade(revision="heads")
        fill()
    services_of(app).huey.storage.initialize_schema()
    close(app)
