"""Migrations for new columns are written so that they run on a database with users (C14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimaluser.testing.sites import Site
from tests.product import USER, Product, product

IMPORTS = """
import enum
import uuid
from datetime import date, time
from decimal import Decimal

from sqlalchemy import (
    JSON, BigInteger, CheckConstraint, Date, DateTime, Enum, Float, ForeignKey, Interval,
    LargeBinary, Numeric, Time, Uuid,
)
from datetime import timedelta


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"
"""
TEXT = r"it's 50%:a, \\ and é"
# Column, and what those who are there already have; a minute or a day must not make it fail.
KINDS = {
    "town: Mapped[str] = personal(String(80), why='-')": "''",
    f'motto: Mapped[str] = personal(Text, default="{TEXT}", why="-")': repr("it's 50%:a, \\ and é"),
    "rank: Mapped[int] = personal(why='-')": "0",
    "score: Mapped[int] = personal(BigInteger, default=7_000_000_000, why='-')": "7000000000",
    "fan: Mapped[bool] = personal(default=True, why='-')": "True",
    "is_old: Mapped[bool] = personal(why='-')": "False",
    "price: Mapped[Decimal] = personal(Numeric(10, 2), why='-')": "Decimal('0.00')",
    "share: Mapped[float] = personal(Float, default=0.5, why='-')": "0.5",
    "bag: Mapped[dict[str, int]] = personal(JSON, default=dict, why='-')": "{}",
    "things: Mapped[list[int]] = personal(JSON, default=list, why='-')": "[]",
    "told: Mapped[dict[str, str]] = personal(JSON, default={'a': 'b:c'}, why='-')": "{'a': 'b:c'}",
    "since: Mapped[datetime] = personal(Moment, default=clock.now, why='-')": "datetime",
    "plain: Mapped[datetime] = personal(DateTime, why='-')": "datetime",
    "born: Mapped[date] = personal(Date, why='-')": "datetime.date",
    "met: Mapped[date] = personal(Date, default=date(2020, 2, 29), why='-')": (
        "datetime.date(2020, 2, 29)"
    ),
    "wakes: Mapped[time] = personal(Time, why='-')": "datetime.time(0, 0)",
    "plan: Mapped[str] = personal(Enum('free', 'paid', name='plan'), default='paid', why='-')": (
        "'paid'"
    ),
    "hue: Mapped[Colour] = personal(Enum(Colour, name='hue'), default=Colour.BLUE, why='-')": (
        "<Colour.BLUE: 'b'>"
    ),
    "number: Mapped[uuid.UUID] = personal(Uuid, default=uuid.UUID(int=5), why='-')": (
        "UUID('00000000-0000-0000-0000-000000000005')"
    ),
}
NAMES = [column.partition(":")[0] for column in KINDS]


@pytest.fixture
def grown(site: Site, tmp_path: Path) -> Product:
    return product(site, tmp_path)


@pytest.mark.slow
def test_columns_that_may_not_be_null_are_added_to_rows_that_exist(grown: Product) -> None:
    before = grown.rows("SELECT id, email FROM users ORDER BY id")
    grown.add("\n".join(f"    {column}" for column in KINDS), IMPORTS)
    grown.flask("db", "migrate", "-m", "kinds")
    assert "# Rows that exist get" in grown.newest("kinds").read_text()
    grown.flask("db", "upgrade")
    assert grown.rows("SELECT id, email FROM users ORDER BY id") == before
    for user in grown.users(*NAMES):
        for column, value in KINDS.items():
            name = column.partition(":")[0]
            assert user[name].startswith(value), (name, user[name])
    grown.flask("db", "migrate", "-m", "nothing")
    assert "op." not in grown.newest("nothing").read_text(), "the models are what there is"
    grown.flask("db", "downgrade", "own@base")
    grown.flask("db", "upgrade")
    assert grown.rows("SELECT id, email FROM users ORDER BY id") == before


@pytest.mark.slow
def test_a_running_version_that_does_not_know_the_column_still_adds_rows(grown: Product) -> None:
    old = (grown.copy.folder / "minimaluser/models/user.py").read_text()
    grown.add("    town: Mapped[str] = personal(String(80), why='-')")
    grown.flask("db", "migrate", "-m", "town")
    grown.flask("db", "upgrade")
    (grown.copy.folder / "minimaluser/models/user.py").write_text(old)
    grown.flask("user", "create", "old@example.org")
    assert grown.rows("SELECT town FROM users WHERE email = 'old@example.org'") == [("",)]


@pytest.mark.slow
@pytest.mark.parametrize(("said", "value"), [("String(80)", "''"), ("Moment", "datetime")])
def test_null_is_taken_from_a_column_in_which_rows_have_it(
    grown: Product, said: str, value: str
) -> None:
    kind = "str" if value == "''" else "datetime"
    grown.add(f"    town: Mapped[{kind} | None] = personal({said}, why='-')")
    grown.flask("db", "migrate", "-m", "town")
    grown.flask("db", "upgrade")
    grown.replace(f"town: Mapped[{kind} | None]", f"town: Mapped[{kind}]")
    grown.flask("db", "migrate", "-m", "needed")
    text = grown.newest("needed").read_text()
    assert "UPDATE users SET town = " in text
    assert "# A row with NULL stops this" in text
    grown.flask("db", "upgrade")
    assert all(user["town"].startswith(value) for user in grown.users("town"))


UNSAID = {
    "card: Mapped[str] = personal(String(8), unique=True, why='-')": "users.card",
    "token: Mapped[str] = personal(String(36), default=lambda: str(uuid.uuid4()), why='-')": (
        "users.token"
    ),
    "friend: Mapped[int] = personal(ForeignKey('hit.id'), kept='-', why='-')": "users.friend",
    "face: Mapped[bytes] = personal(LargeBinary, default=b'', why='-')": "users.face",
    "stays: Mapped[timedelta] = personal(Interval, why='-')": "users.stays",
}


def test_what_each_row_needs_for_itself_is_asked_for_when_the_migration_is_written(
    grown: Product,
) -> None:
    files = sorted(grown.versions.glob("*.py"))
    grown.add("\n".join(f"    {column}" for column in UNSAID), IMPORTS)
    said = grown.refused("db", "migrate", "-m", "unsaid")
    assert f"{', '.join(UNSAID.values())} may not be NULL, and nothing says" in said
    assert sorted(grown.versions.glob("*.py")) == files


@pytest.mark.slow
def test_a_new_table_may_have_any_column(grown: Product) -> None:
    table = "\n\nclass Card(Model):\n    id: Mapped[int] = personal(primary_key=True, why='-')\n"
    columns = [column for column in (*UNSAID, *KINDS) if "ForeignKey" not in column]
    grown.add("", IMPORTS)
    path = grown.copy.folder / USER
    path.write_text(path.read_text() + table + "".join(f"    {column}\n" for column in columns))
    grown.flask("db", "migrate", "-m", "cards")
    for _ in range(2):
        grown.flask("db", "upgrade")
        assert "card" in grown.tables()
        grown.flask("db", "downgrade", "own@base")
        assert "card" not in grown.tables()


@pytest.mark.sqlite
def test_a_table_that_is_made_anew_gives_no_id_twice(grown: Product) -> None:
    grown.flask("user", "create", "gone@example.org")
    last = grown.rows("SELECT max(id) FROM users")
    grown.do("DELETE FROM users WHERE email = 'gone@example.org'")
    grown.add("    since: Mapped[datetime] = personal(Moment, default=clock.now, why='-')")
    grown.flask("db", "migrate", "-m", "since")
    grown.flask("db", "upgrade")
    grown.flask("user", "create", "next@example.org")
    assert grown.rows("SELECT id FROM users WHERE email = 'next@example.org'") > last
