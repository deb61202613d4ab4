"""The data map in docs/privacy.md: nothing about people is kept that it does not name (PR4)."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from minimaluser.database import db
from minimaluser.models import User
from minimaluser.settings import ROOT

MAP = (ROOT / "docs" / "privacy.md").read_text()
NAMED = set(re.findall(r"`([a-z_]+\.[a-z_*]+)`", MAP))
KEYS = {"id", "user_id"}


def about_people() -> list[str]:
    tables = [
        table
        for table in db.metadata.sorted_tables
        if table is User.__table__
        or any(key.column.table is User.__table__ for key in table.foreign_keys)
    ]
    return [
        f"{table.name}.{c.name}" for table in tables for c in table.columns if c.name not in KEYS
    ]


@pytest.mark.parametrize("column", about_people())
def test_PR4_every_column_about_people_is_in_the_data_map(column: str) -> None:
    assert any(fnmatch(column, named) for named in NAMED)


@pytest.mark.parametrize(
    "named", sorted(name for name in NAMED if name.split(".")[0] in db.metadata.tables)
)
def test_PR4_the_data_map_names_no_column_that_is_gone(named: str) -> None:
    table, column = named.split(".")
    assert any(fnmatch(name, column) for name in db.metadata.tables[table].columns.keys())  # noqa: SIM118
