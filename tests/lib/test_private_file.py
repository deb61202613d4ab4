"""Files with people in them are for their owner alone, whatever the umask is (OP1)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask_migrate import upgrade

from minimaluser import create_app, mailer
from minimaluser.database import db
from minimaluser.lib import private_file
from minimaluser.services import services_of
from minimaluser.testing.apps import close
from tests.tried_settings import ALONE

pytestmark = pytest.mark.sqlite


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.db*")}


def test_OP1_the_files_of_the_site_are_for_their_owner_alone(tmp_path: Path) -> None:
    app = create_app({"INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        upgrade(revision="heads")
        services_of(app).huey.storage.initialize_schema()
        services_of(app).huey.pending_count()
        db.session.execute(db.text("SELECT 1"))
        names = {f"{name}.db{end}" for name in ("site", "tasks") for end in ("", "-wal", "-shm")}
        assert modes(tmp_path) == dict.fromkeys(names, 0o600)
    close(app)


def test_OP1_the_ledger_of_the_mailer_is_for_its_owner_alone(tmp_path: Path) -> None:
    mailer.create_app(ALONE | {"INSTANCE_PATH": str(tmp_path)})
    assert modes(tmp_path) == {"mailer.db": 0o600}


def test_a_file_that_an_operator_shares_with_a_group_stays_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "site.db")) as made:
        made.execute("CREATE TABLE t (x)")
    shutil.copy(tmp_path / "site.db", tmp_path / "tasks.db")
    for name in ("site.db", "tasks.db"):
        (tmp_path / name).chmod(0o660)
    app = create_app({"INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        services_of(app).huey.storage.initialize_schema()
        db.session.execute(db.text("SELECT * FROM t"))
        assert set(modes(tmp_path).values()) == {0o660}
    close(app)


def test_a_file_that_is_there_is_neither_opened_nor_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.db").write_text("rows")
    monkeypatch.setattr(private_file.tempfile, "mkstemp", None)
    private_file.make(tmp_path / "site.db", "none")
    assert (tmp_path / "site.db").read_text() == "rows"
