"""A product on top of the site: columns of every type on `User`, tables that belong to somebody.

They exist in the database and in a copy of the metadata that the walk is shown, so that no other
test sees them; the database is brought back afterwards as always.
"""

from __future__ import annotations

import enum
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateColumn

from minimaluser.database import db
from minimaluser.lib.moment import Moment
from minimaluser.models import Session, User
from minimaluser.models.base import owner, personal
from minimaluser.personal import whose

MARK, OTHER = "quokka4711", "wombat0815"


class Mood(enum.Enum):
    CALM = "quiet"
    WILD = "loud"


def every_type(mark: str) -> dict[str, tuple[Any, Any, Any]]:
    """Name → type, a value with the mark in it where that can be, what an export writes for it."""
    day, hour = date(2031, 5, 17), time(4, 5, 6, 789)
    moment = datetime(2031, 5, 17, 4, 5, 6, 789, tzinfo=UTC)
    naive, some = moment.replace(tzinfo=None), uuid.uuid5(uuid.NAMESPACE_URL, mark)
    data = b"\x00\xff" + mark.encode()
    types = {
        "string": (sa.String(80), mark, mark),
        "text": (sa.Text(), f"{mark}\n'\"€", f"{mark}\n'\"€"),
        "unicode": (sa.Unicode(80), f"ü{mark}", f"ü{mark}"),
        "unicode_text": (sa.UnicodeText(), f"ü{mark}", f"ü{mark}"),
        "integer": (sa.Integer(), -2_000_000_000, -2_000_000_000),
        "small": (sa.SmallInteger(), -32_000, -32_000),
        "big": (sa.BigInteger(), 2**62 + 1, 2**62 + 1),
        "float": (sa.Float(), 0.1, 0.1),
        "double": (sa.Double(), 1e300, 1e300),
        "numeric": (sa.Numeric(12, 4), Decimal("12345.6789"), "12345.6789"),
        "boolean": (sa.Boolean(), True, True),
        "date": (sa.Date(), day, "2031-05-17"),
        "datetime": (sa.DateTime(), naive, naive.isoformat()),
        "moment": (Moment(), moment, moment.isoformat()),
        "time": (sa.Time(), hour, hour.isoformat()),
        "interval": (sa.Interval(), timedelta(days=2, microseconds=1), 172800.000001),
        "binary": (sa.LargeBinary(), data, None),
        "pickle": (sa.PickleType(), {"p": mark}, {"p": mark}),
        "json": (sa.JSON(), {"j": [mark, None, 1.5]}, {"j": [mark, None, 1.5]}),
        "uuid": (sa.Uuid(), some, str(some)),
        "uuid_text": (sa.Uuid(as_uuid=False), str(some), str(some)),
        "enum": (sa.Enum(Mood, name="mood"), Mood.WILD, "WILD"),
        "choice": (sa.Enum("a", "b", name="choice"), "b", "b"),
    }
    if db.engine.dialect.name == "postgresql":
        types |= {
            "timetz": (sa.Time(timezone=True), hour.replace(tzinfo=UTC), "04:05:06.000789+00:00"),
            "array": (sa.ARRAY(sa.Numeric(4, 1)), [Decimal("1.5")], ["1.5"]),
            "jsonb": (postgresql.JSONB(), {"j": mark}, {"j": mark}),
        }
    return types


class Garden:
    """The tables, as whoever builds a product would add them."""

    def __init__(self, monkeypatch: Any) -> None:
        self.metadata = sa.MetaData(naming_convention=db.metadata.naming_convention)
        for table in db.metadata.tables.values():
            table.to_metadata(self.metadata)
        self.users = self.metadata.tables["users"]
        self._grow_users()
        self._plant()
        with db.engine.begin() as connection:
            self.metadata.create_all(connection, [self.plant, self.leaf, self.note, self.bill])
        monkeypatch.setattr(whose, "METADATA", self.metadata)

    def _grow_users(self) -> None:
        """Add a column of each type that may be NULL, one that may not, one that is unique."""
        with db.engine.begin() as connection:
            for name, (kind, value, _) in every_type("default").items():
                self._add(connection, sa.Column(f"any_{name}", kind), value)
                self._add(connection, sa.Column(f"some_{name}", kind, nullable=False), value)
            for name in ("slug", "motto"):
                self._add(connection, sa.Column(name, sa.String(40), unique=name == "slug"), None)
            connection.exec_driver_sql("CREATE UNIQUE INDEX one_slug ON users (slug)")
            country = sa.Column("country", sa.String(40), info={"kept": "for the tax office"})
            self._add(connection, country, None)
            pin = sa.Column(
                "pin", sa.String(40), info={"secret": "a pin", "ends": "it lets one in"}
            )
            self._add(connection, pin, None)

    def _add(self, connection: sa.Connection, column: sa.Column[Any], value: Any) -> None:
        self.users.append_column(column)
        column.type.create(connection, checkfirst=True) if hasattr(column.type, "create") else None
        strict = not column.nullable
        column.nullable = True
        words = CreateColumn(column).compile(dialect=connection.dialect)
        column.nullable = not strict
        if connection.dialect.name == "sqlite":
            more = " NOT NULL DEFAULT ''" if strict else ""
            connection.exec_driver_sql(f"ALTER TABLE users ADD COLUMN {words}{more}")
            return
        connection.exec_driver_sql(f"ALTER TABLE users ADD COLUMN {words}")
        if strict:
            connection.execute(sa.update(self.users).values({column.name: value}))
            connection.exec_driver_sql(f"ALTER TABLE users ALTER {column.name} SET NOT NULL")

    def _plant(self) -> None:
        class Base(DeclarativeBase):
            metadata = self.metadata

        class Plant(Base):
            __tablename__ = "plant"
            __table_args__ = ({"sqlite_autoincrement": True},)
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = owner()
            name: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
            parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plant.id"))
            colour: Mapped[str | None]  # says nothing at all

        class Leaf(Base):  # belongs to whom the plant belongs to
            __tablename__ = "leaf"
            code: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
            plant_id: Mapped[int] = mapped_column(sa.ForeignKey("plant.id"))

        class Note(Base):  # somebody's, on somebody's plant, perhaps an answer to another
            __tablename__ = "note"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
            plant_id: Mapped[int] = mapped_column(sa.ForeignKey("plant.id", ondelete="CASCADE"))
            answers: Mapped[int | None] = mapped_column(sa.ForeignKey("note.id"))
            session_id: Mapped[int | None] = mapped_column(
                sa.ForeignKey("session.id", ondelete="SET NULL")
            )
            text: Mapped[str] = mapped_column(sa.Text)

        class Bill(Base):
            __tablename__ = "bill"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int | None] = personal(
                sa.ForeignKey("users.id"), why="who pays", kept="for the tax office"
            )
            amount: Mapped[int]

        self.plant, self.leaf, self.note, self.bill = (
            cast("sa.Table", each.__table__) for each in (Plant, Leaf, Note, Bill)
        )
        for name, (kind, _, _) in every_type("").items():
            self.plant.append_column(sa.Column(f"any_{name}", kind))
        favourite = sa.Column("favourite", sa.Integer, sa.ForeignKey("plant.id"))
        self.users.append_column(favourite)
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE users ADD COLUMN favourite INTEGER")

    def fill(self, user: User, mark: str) -> None:
        """Give somebody a value of every type in every place, three plants, leaves and notes."""
        typed = {f"any_{name}": value for name, (_, value, _) in every_type(mark).items()}
        strict = {f"some_{name}": value for name, (_, value, _) in every_type(mark).items()}
        words = {n: f"{n} {mark}" for n in ("slug", "motto", "pin", "country")}
        me = sa.update(self.users).where(self.users.c.id == user.id)
        db.session.execute(me.values(typed | strict | words))
        first = self.add(self.plant, user_id=user.id, name=f"one {mark}", colour=mark, **typed)
        second = self.add(self.plant, user_id=user.id, name=f"two {mark}", parent_id=first)
        bare = {name: sa.null() for name in typed}
        third = self.add(self.plant, user_id=user.id, parent_id=second, **bare)
        for number, plant in enumerate((first, first, third)):
            self.add(self.leaf, code=f"leaf {number} {mark}", plant_id=plant)
        here = db.session.scalar(sa.select(Session.id).where(Session.user_id == user.id).limit(1))
        written = {"user_id": user.id, "plant_id": first, "session_id": here}
        note = self.add(self.note, text=f"note {mark}", **written)
        self.add(self.note, user_id=user.id, plant_id=first, text=mark, answers=note)
        self.add(self.bill, user_id=user.id, amount=7)
        db.session.execute(me.values(favourite=second))
        db.session.commit()

    def add(self, table: sa.Table, **values: Any) -> Any:
        """Insert a row; return its key."""
        insert = sa.insert(table).values(**values)
        return db.session.execute(insert).inserted_primary_key[0]  # type: ignore[attr-defined]

    def dump(self, app: Flask) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table, as Python sees it, but for what comes and goes by itself."""
        found = {}
        with app.app_context():
            for table in self.metadata.tables.values():
                query = sa.select(table).order_by(*table.primary_key.columns)
                found[table.name] = [dict(row) for row in db.session.execute(query).mappings()]
        return found
