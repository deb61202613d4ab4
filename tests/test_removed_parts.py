"""What a part has made in a database goes when the part is out; a new database never has it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from minimaluser import schema
from minimaluser.database import db
from minimaluser.lib.revisions import History
from minimaluser.settings import ROOT

MAKES = """from alembic import op
import sqlalchemy as sa

revision = '{id}'
down_revision = {follows!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def upgrade():
    op.create_table('{table}', sa.Column('id', sa.Integer()))


def downgrade():
    op.drop_table('{table}')
"""


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def recorded() -> set[str]:
    with db.engine.connect() as connection:
        return set(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))


@pytest.fixture
def lawn(app: Flask, inside: None, tmp_path: Path) -> Path:
    """A folder of migrations in which a part has two."""
    folder = Path(shutil.copytree(ROOT / "migrations", tmp_path / "migrations"))
    (end,) = History(folder / "versions").ends("core")
    first = {"id": "lawn_1", "follows": None, "labels": ("lawn",), "depends": end}
    then = {"id": "lawn_2", "follows": "lawn_1", "labels": None, "depends": None}
    for said, table in ((first, "lawn"), (then, "mower")):
        path = folder / "versions" / f"{said['id']}_{table}.py"
        path.write_text(MAKES.format(table=table, **said))
    db.session.remove()
    return folder


def take_out(folder: Path) -> None:
    (folder / "removed").mkdir(exist_ok=True)
    for path in (folder / "versions").glob("lawn_*"):
        path.rename(folder / "removed" / path.name)


def put_back(folder: Path) -> None:
    for path in (folder / "removed").glob("lawn_*"):
        path.rename(folder / "versions" / path.name)


def test_the_tables_of_a_part_that_is_out_go_and_come_back_with_it(
    lawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, had = recorded(), tables()
    upgrade(directory=str(lawn), revision="heads")
    assert tables() - had == {"lawn", "mower"}
    take_out(lawn)
    monkeypatch.setattr(schema, "REMOVED", lawn / "removed")
    assert "lawn_2" in "".join(schema.advice())
    assert "`flask db upgrade` drops them" in "".join(schema.advice())
    db.session.remove()
    upgrade(directory=str(lawn), revision="heads")
    assert (tables(), recorded()) == (had, before)
    assert list(schema.advice()) == []
    db.session.remove()
    put_back(lawn)
    upgrade(directory=str(lawn), revision="heads")
    assert tables() - had == {"lawn", "mower"}
    take_out(lawn)
    upgrade(directory=str(lawn), revision="heads")
    assert (tables(), recorded()) == (had, before)


def test_a_new_database_never_has_the_tables_of_a_part_that_is_out(lawn: Path) -> None:
    take_out(lawn)
    had = tables()
    downgrade(directory=str(lawn), revision="base")
    upgrade(directory=str(lawn), revision="heads")
    assert tables() == had


def test_a_database_goes_back_to_the_beginning_although_a_part_is_out(lawn: Path) -> None:
    upgrade(directory=str(lawn), revision="heads")
    take_out(lawn)
    downgrade(directory=str(lawn), revision="base")
    assert tables() <= {"alembic_version", "sqlite_sequence"}
    upgrade(directory=str(lawn), revision="heads")
    assert "lawn" not in tables()
