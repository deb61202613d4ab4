"""A site for each test, with Ann (confirmed) and Ben (unconfirmed) in it.

It is made once and brought back to how it was for each test, because making it is slow.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.models import OutboxItem, Session
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.postgres import TEMPLATE, Postgres

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


@event.listens_for(Engine, "connect")
def _hasten(connection: Any, _record: Any) -> None:
    """Rows that a test writes need not survive a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@dataclass
class Site:
    """An instance folder to copy, compiled templates to share, and the people in it."""

    folder: Path
    templates: Path
    postgres: Postgres | None
    people: dict[str, tuple[str, str, str]]

    def person(self, app: Flask, name: str) -> Person:
        email, key, cookie = self.people[name]
        person = Person(app, email, key)
        person.client.set_cookie(app.session_interface.get_cookie_name(app), cookie)
        return person

    def copied(self, folder: Path, name: str) -> dict[str, str]:
        """Copy the folder, and the database if it is no file in it; return what says where."""
        shutil.copytree(self.folder, folder)
        if self.postgres is None:
            return {"INSTANCE_PATH": str(folder)}
        url = self.postgres.create(name, TEMPLATE)
        return {"INSTANCE_PATH": str(folder), "DATABASE_URL": url}


def own_app(site: Site, folder: Path, name: str) -> Flask:
    """Return an app with a copy of the site; `name` is that of its database in PostgreSQL."""
    app = make_app(folder, site.templates, **site.copied(folder, name))
    as_if_begun_now(app)
    return app


def make_app(folder: Path, templates: Path, **settings: str) -> Flask:
    environ = {"INSTANCE_PATH": str(folder), "SITE_URL": SITE_URL} | settings
    app = create_app(environ, PROPAGATE_EXCEPTIONS=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    services_of(app).wake = lambda _seconds: None  # tests work off the outbox themselves
    return app


def settle(folder: Path, templates: Path, server: Postgres | None) -> Site:
    """Make a migrated instance folder in which Ann and Ben are logged in; nobody changes it."""
    database = {"DATABASE_URL": server.create(TEMPLATE)} if server else {}
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
        people[name] = (person.email, person.key, cookie.value if cookie else "")
    close(app)
    if server is not None:
        server.keep()
    return Site(folder, templates, server, people)


def bring_back(app: Flask, site: Site, name: str = "house") -> None:
    """Bring an app back to Ann and Ben as they were; nothing may be connected to it.

    `name` is that of its database in PostgreSQL.
    """
    folder = settings_of(app).instance_path
    for each in folder.iterdir():  # the folder itself stays: to remove one is slow
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    shutil.copytree(site.folder, folder, dirs_exist_ok=True)
    if site.postgres is not None:
        site.postgres.restore(name)
    as_if_begun_now(app)


def as_if_begun_now(app: Flask) -> None:
    """Let nobody and nothing have waited, however long the tests have run."""
    now = datetime.now(UTC)
    with app.app_context():
        db.session.execute(db.update(Session).values(seen_at=now))
        entered = db.update(Session).where(Session.key_entered_at.is_not(None))
        db.session.execute(entered.values(key_entered_at=now))
        db.session.execute(db.update(OutboxItem).values(created_at=now))
        db.session.commit()
