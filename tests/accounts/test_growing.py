"""Tables that a product adds: what the site asks for before it starts, what must be unique."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.personal import blanks, whose
from tests.garden import Garden, every_type

pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")


@pytest.mark.parametrize(
    ("kind", "words"),
    [(postgresql.INET(), "say blank"), (sa.ForeignKey("plant.id"), "refers to a row")],
)
def test_DL1_the_site_does_not_start_while_it_is_unclear_how_something_is_erased(
    garden: Garden, tmp_path: Path, kind: Any, words: str
) -> None:
    garden.users.append_column(sa.Column("place", kind, nullable=False))
    with pytest.raises(blanks.Undecided, match=f"users.place: {words}"):
        create_app({"INSTANCE_PATH": str(tmp_path)})


def test_DL1_rows_that_stay_must_be_able_to_be_nobodys(garden: Garden) -> None:
    user: sa.Column[int] = sa.Column(
        "user_id", sa.ForeignKey("users.id"), nullable=False, info={"kept": "x"}
    )
    sa.Table("gift", garden.metadata, user)
    with pytest.raises(blanks.Undecided, match="gift"):
        whose.insist()


def test_DL1_a_rule_that_the_empty_may_break_asks_for_what_is_said(garden: Garden) -> None:
    age = sa.Column("age", sa.Integer, nullable=False)
    garden.users.append_column(age)
    garden.users.append_constraint(sa.CheckConstraint("age >= 18", "of_age"))
    with pytest.raises(blanks.Undecided, match="age: a rule"):
        whose.insist()
    age.info["blank"] = 18
    whose.insist()
    assert blanks.emptied(age, 1) == 18


class Shouted(sa.TypeDecorator[str]):
    """What cannot read what is empty."""

    impl, cache_ok = sa.String, True

    def process_result_value(self, value: Any, dialect: Any) -> str:
        return value[0].upper() + value[1:]


def test_DL1_a_type_that_cannot_read_what_is_empty_asks_for_what_is_said(garden: Garden) -> None:
    garden.users.append_column(sa.Column("cry", Shouted(20), nullable=False))
    with pytest.raises(blanks.Undecided, match="cry: its type"):
        whose.insist()


def test_DL1_what_must_be_unique_is_so_when_two_have_left(app: Flask, garden: Garden) -> None:
    with app.app_context():
        kinds = {name: kind for name, (kind, _, _) in every_type("").items()}
    few = {"boolean", "enum", "choice", "array", "pickle", "time", "timetz"}
    for name in kinds.keys() - few:
        column = sa.Column(f"one_{name}", kinds[name], nullable=False, unique=True)
        garden.users.append_column(column)
        found = [repr(blanks.emptied(column, identity)) for identity in (1, 2)]
        assert len(set(found)) == 2, name


@pytest.mark.sqlite
def test_DL1_a_table_counts_on_when_its_newest_row_is_gone(garden: Garden) -> None:
    tables = [
        table for table in db.metadata.tables.values() if table.autoincrement_column is not None
    ]
    assert all(table.dialect_options["sqlite"]["autoincrement"] for table in tables)
