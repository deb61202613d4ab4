"""Backup and restore as docs/deploy-backup.md has it (OP5)."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.models import OutboxItem, User
from minimaluser.settings import ROOT, settings_of
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, work
from minimaluser.testing.sites import Site

DOCS = (ROOT / "docs" / "deploy-backup.md").read_text()


def after_a_restore() -> list[str]:
    """The statements that the page on backups gives."""
    block = re.search(r"## After a restore.*?```sql\n(.*?)```", DOCS, re.DOTALL)
    assert block
    return [line.strip() for line in block[1].split(";") if line.strip()]


class Backup:
    """A copy of the database, made and put back by the commands of the page."""

    def __init__(self, app: Flask, site: Site, folder: Path) -> None:
        self.copy = folder / "copy"
        self.server = site.postgres
        self.url = site.postgres.url("house") if site.postgres else ""
        self.live = Path(settings_of(app).instance_path) / "site.db"

    def make(self) -> None:
        if self.url:
            self._run("pg_dump", "--format=custom", f"--file={self.copy}", self.url)
        else:
            with closing(sqlite3.connect(self.live)) as live:
                live.execute("VACUUM INTO ?", [str(self.copy)])

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self.server.binaries / program, *arguments], check=True, timeout=60)

    def put_back(self) -> None:
        if self.url:
            options = ("--clean", "--if-exists", "--no-owner", "--exit-on-error")
            self._run("pg_restore", *options, f"--dbname={self.url}", str(self.copy))
        else:
            for name in ("site.db", "site.db-wal", "site.db-shm"):
                self.live.with_name(name).unlink(missing_ok=True)
            self.copy.rename(self.live)


@pytest.fixture
def backup(app: Flask, site: Site, tmp_path: Path) -> Backup:
    return Backup(app, site, tmp_path)


def test_OP5_what_is_restored_lets_people_log_in_and_nothing_old_live_on(
    app: Flask, backup: Backup, ann: Person, ben: Person, eve: Person
) -> None:
    link = ben.link("/confirm/")
    eve.sign_up()
    assert count(app, OutboxItem, OutboxItem.state == outbox.WAITING) > 0
    close(app)
    backup.make()
    with app.app_context():
        db.session.execute(db.delete(User))
        db.session.commit()
    close(app)
    backup.put_back()
    with app.app_context():
        for statement in after_a_restore():
            db.session.execute(text(statement))
        db.session.commit()

    assert ann.get("/profile").status_code == 303
    ann.log_in()
    assert ann.get("/profile").status_code == 200
    assert eve.post(link).status_code == 400
    work(app)
    assert count(app, OutboxItem, OutboxItem.state == outbox.WAITING) == 0
    assert count(app, OutboxItem, OutboxItem.problem == "restored") > 0
