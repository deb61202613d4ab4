"""The data map in docs/privacy.md is what the columns say, and each says something (PR4)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from minimaluser import parts
from minimaluser.database import db
from minimaluser.personal import blanks, whose
from minimaluser.rules import DAY, rules
from tests.garden import Garden
from tests.literals import literals
from tools import privacy

parts.load()
COLUMNS = [column for table in privacy.about_people() for column in privacy.columns(table)]
TABLES = {table.name: table for table in privacy.about_people()}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_PR4_every_column_about_people_says_what_it_is_for(column: sa.Column[object]) -> None:
    assert column.info.get("why"), f"{column}: say personal(…, why=…), see models/base.py"


@pytest.mark.parametrize("name", TABLES)
def test_PR4_every_table_about_people_says_what_it_is_for_and_for_how_long(name: str) -> None:
    said = [TABLES[name].info, *(column.info for column in whose.owners(TABLES[name]))]
    assert [each for each in said if each.get("why") and each.get("lasts")], "see models/base.py"


def test_PR4_the_data_map_is_what_the_columns_say() -> None:
    text = privacy.MAP.read_text(encoding="utf-8")
    assert privacy.written() == text, "python -m tools.privacy writes it anew"
    assert privacy.UNSAID not in text


def test_PR4_a_number_in_the_data_map_is_that_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in TABLES.values():
        for each in (table, *table.columns):
            assert literals(" ".join(map(str, each.info.values()))) == [], each
    monkeypatch.setattr(rules, "events", 77 * DAY)
    assert "kept for 77 days" in privacy.written()


def test_PR4_no_exception_goes_without_a_reason() -> None:
    for table in db.metadata.tables.values():
        for column in table.columns:
            for name in {"why", "kept", "ends", "secret"} & column.info.keys():
                assert len(column.info[name]) > 7, column


def test_PR4_what_a_product_adds_is_in_the_data_map_and_what_it_does_not_say_stands_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        Garden(monkeypatch)
        text = privacy.written()
    for line in (
        "### `plant`",
        "| `colour` | **not said** | shown |",
        "| `country` | **not said** | stays: for the tax office | shown |",
        "| `pin` | **not said** | erased: it lets one in | named only: a pin |",
        "| `motto` | **not said** | erased; undoing that brings it back | shown |",
        "its rows stay and refer to nobody any more: for the tax office.",
        "A row goes, and comes back, with the row of `plant` it refers to.",
    ):
        assert line in text, line


def test_DL1_a_bare_column_is_erased_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Base(DeclarativeBase):
        pass

    class Somebody(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True, info={"kept": "it is referred to"})
        country: Mapped[str | None]
        city: Mapped[str]

    monkeypatch.setattr(whose, "METADATA", Base.metadata)
    whose.insist()
    for ending in (True, False):
        assert [column.name for column in whose.erased(ending=ending)] == ["country", "city"]
    assert [blanks.emptied(column, 1) for column in whose.erased()] == [None, ""]
