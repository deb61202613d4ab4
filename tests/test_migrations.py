"""The migrations: they make the models, can be taken back, and leave nothing half done (OP6)."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from minimaluser.database import db
from minimaluser.settings import ROOT
from minimaluser.testing import postgres
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, statements
from minimaluser.testing.sites import Site

on_postgresql = pytest.mark.skipif(not postgres.WANTED, reason="is about PostgreSQL itself")


def test_the_migrations_make_exactly_the_models(inside: None) -> None:
    context = MigrationContext.configure(
        db.session.connection(), opts={"compare_type": True, "render_as_batch": True}
    )
    assert compare_metadata(context, db.metadata) == []


def test_the_migrations_can_be_taken_back_and_made_again(app: Flask, inside: None) -> None:
    db.session.remove()
    downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    upgrade(revision="heads")
    assert set(sa.inspect(db.engine).get_table_names()) >= set(db.metadata.tables)


@pytest.mark.parametrize("share", [0.4, 0.9])
def test_OP6_a_migration_that_is_cut_short_leaves_nothing_half_done_and_can_start_again(
    app: Flask, inside: None, share: float
) -> None:
    db.session.remove()
    downgrade(revision="base")
    empty = structure()
    with statements(app) as all_of_it:
        upgrade(revision="heads")
    whole, last = structure(), int(len(all_of_it) * share)
    downgrade(revision="base")

    def cut(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        seen.append(sql)
        if len(seen) == last:
            raise KeyboardInterrupt

    seen: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", cut)
    with pytest.raises((KeyboardInterrupt, sa.exc.PendingRollbackError)):  # what alembic tidies up
        upgrade(revision="heads")
    sa.event.remove(db.engine, "before_cursor_execute", cut)
    assert any(sql.lstrip().startswith("CREATE TABLE") for sql in seen[:-1])
    assert structure() == empty
    upgrade(revision="heads")
    assert structure() == whole


REBUILD = """
from alembic import op

revision, down_revision = "rebuild", "{head}"


def upgrade() -> None:
    with op.batch_alter_table("users", table_kwargs={{"sqlite_autoincrement": True}}) as users:
        users.create_check_constraint("one", "id > 0")
    {more}


def downgrade() -> None:
    with op.batch_alter_table("users", table_kwargs={{"sqlite_autoincrement": True}}) as users:
        users.drop_constraint("one")
"""


def test_OP6_a_migration_that_makes_a_table_anew_keeps_what_refers_to_it(
    app: Flask, site: Site, inside: None, tmp_path: Path
) -> None:
    folder = one_more(tmp_path)
    before = snapshot(app)
    assert before["outbox_item"]
    upgrade(directory=folder, revision="heads")
    after = snapshot(app)
    downgrade(directory=folder, revision="core@-1")
    assert after == before
    with pytest.raises(sa.exc.IntegrityError):  # what is referred to is watched again
        db.session.execute(sa.text("UPDATE outbox_item SET user_id = 4711"))
    db.session.rollback()


@pytest.mark.sqlite
def test_OP6_a_migration_that_leaves_rows_without_what_they_refer_to_is_taken_back(
    app: Flask, site: Site, inside: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = one_more(tmp_path, "op.execute('DELETE FROM users')")
    before = snapshot(app)
    with pytest.raises(SystemExit):
        upgrade(directory=folder, revision="heads")
    assert "refer to nothing, in: event, outbox_item, session, token" in caplog.text
    assert snapshot(app) == before
    upgrade(revision="heads")


SLOW = """op.execute("CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS most")
    op.execute("SELECT pg_sleep(3.2)")
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY late ON users (created_at)")
    op.execute("UPDATE seen SET most = most || ' ' || current_setting('lock_timeout')")"""


@on_postgresql
def test_OP6_a_migration_may_take_longer_than_a_request(
    app: Flask, inside: None, tmp_path: Path
) -> None:
    folder = one_more(tmp_path, SLOW)
    upgrade(directory=folder, revision="heads")
    assert db.session.scalars(sa.text("SELECT most FROM seen")).all() == ["1s 1s"]
    db.session.rollback()
    db.session.execute(sa.text("DROP TABLE seen"))
    db.session.execute(sa.text("DROP INDEX late"))
    db.session.commit()
    downgrade(directory=folder, revision="core@-1")


@on_postgresql
def test_OP6_a_migration_does_not_wait_long_for_a_lock_nor_have_others_wait(
    app: Flask, ann: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        folder = one_more(tmp_path)
        with db.engine.connect() as reader:
            reader.execute(sa.text("SELECT count(*) FROM users"))
            began = time.monotonic()
            with ThreadPoolExecutor(1) as pool:
                page = pool.submit(ann.get, "/profile")
                with pytest.raises(SystemExit):
                    upgrade(directory=folder, revision="heads")
            assert page.result().status_code == 200
            assert time.monotonic() - began < 2.5
        assert "Nothing was changed; try again." in caplog.text
        upgrade(directory=folder, revision="heads")
        downgrade(directory=folder, revision="core@-1")


def one_more(where: Path, more: str = "") -> str:
    """The migrations and one that makes the table of users anew, and does more."""
    folder = shutil.copytree(ROOT / "migrations", where / "migrations")
    head = ScriptDirectory(where / "migrations").get_revision("core@head").revision
    (folder / "versions" / "rebuild.py").write_text(REBUILD.format(head=head, more=more))
    db.session.remove()
    return str(folder)


def structure() -> dict[str, list[str]]:
    """Tables and their columns."""
    found = sa.inspect(db.engine)
    return {
        table: sorted(column["name"] for column in found.get_columns(table))
        for table in found.get_table_names()
        if table != "alembic_version"
    }
