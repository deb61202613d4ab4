"""What the statements of the site cost when many people use it: `python -m tools.growth`.

A site of its own is filled with so many users, sessions, events, tasks that are done and so on, one
statement a table. Then a tour sends what views, worker and jobs send; each statement is done some
times more, undone each time, and the least time counts. With a million rows that takes minutes, and
gigabytes in /tmp.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from minimaluser.database import db
from minimaluser.lib import hashing
from minimaluser.lib.moment import Moment
from minimaluser.models import DONE
from minimaluser.personal import whose
from minimaluser.rules import rules
from minimaluser.testing import plans
from minimaluser.testing.apps import close
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import end_all_when_asked_to_stop
from minimaluser.testing.sites import make_app, settle
from tests import stock
from tests.tour import tour

SIZES = [1_000, 100_000, 1_000_000]
FIRST = 1000  # the id of the first user who is made
NOT_CONFIRMED = 50  # every so many
ANN, OF_ANN = 2, 1000  # her id; every so many rows are hers
PAD = "0123456789abcdef" * 4
SHOWN_MS = 1.0


def main(sizes: list[int], kinds: list[str]) -> None:
    """Measure at each size, and print a table."""
    logging.disable()  # much is refused on the tour
    hashing._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    rules.limits = {action: {} for action in rules.limits}
    costs, slowest = defaultdict[str, dict[str, float]](dict), Counter[str]()
    statements: dict[str, int] = {}
    for kind in kinds:
        for size in sizes:
            column = f"{kind} {size:,}"
            by_deed = defaultdict[str, list[float]](list)
            for asked in measured(kind, size):
                by_deed[asked.deed].append(1000 * median(asked.seconds))
                if by_deed[asked.deed][-1] > SHOWN_MS:
                    say(f"{column}: {by_deed[asked.deed][-1]:.1f} ms: {asked.deed}: {asked.sql}")
            for deed, found in by_deed.items():
                costs[deed][column], statements[deed] = sum(found), len(found)
                slowest[deed] = max(slowest[deed], sum(found))  # type: ignore[assignment]
    columns = [f"{kind} {size:,}" for kind in kinds for size in sizes]
    print(f"| what | statements | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}")
    for deed, _ in slowest.most_common():
        cells = [f"{costs[deed][c]:.2f}" if c in costs[deed] else "" for c in columns]
        print(f"| {deed} | {statements[deed]} | {' | '.join(cells)} |")


def measured(kind: str, size: int) -> list[plans.Asked]:
    """Make a site, fill it, make the tour; return what was asked."""
    server = Postgres(hasty=True) if kind == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        folder = Path(name)
        try:
            if server is not None:
                server.start()
            (folder / "site").mkdir()
            (folder / "templates").mkdir()
            site = settle(folder / "site", folder / "templates", server)
            app = make_app(folder / "copy", site.templates, **site.copied(folder / "copy", "copy"))
            with app.app_context():
                stock.fill(folder / "stock")
                began = time.monotonic()
                fill(size)
                say(f"{kind}: {size:,} rows a table in {time.monotonic() - began:.0f} s")
            with plans.watched(app, timed=True) as asked:
                tour(app, site.person(app, "ann"))
            close(app)
            return asked
        finally:
            if server is not None:
                server.end()


def fill(size: int) -> None:
    """Add so many rows to each table that grows, by one statement each."""
    start = sa.select(sa.literal(1).label("i")).cte("numbers", recursive=True)
    numbers = start.union_all(sa.select(start.c.i + 1).where(start.c.i < size))
    people = {c.name for c in whose.people().columns}
    growing = [t for t in whose.METADATA.sorted_tables if t.name in plans.growing()]
    is_postgresql = db.engine.dialect.name == "postgresql"
    if is_postgresql:
        db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))  # that of the site is short
    for table in sorted(growing, key=lambda t: {*t.columns.keys()} != people):
        names = [c for c in table.columns if table is whose.people() or not c.primary_key]
        values = [_value(column, numbers.c.i).label(column.name) for column in names]
        db.session.execute(sa.insert(table).from_select(names, sa.select(*values)))
    db.session.commit()
    if is_postgresql:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("SET statement_timeout = 0"))
            connection.execute(sa.text("VACUUM ANALYZE"))


def _value(column: sa.Column[Any], i: Any) -> sa.ColumnElement[Any]:
    """Return what stands in a column of the row with number i, of which nothing expires soon."""
    known: dict[str, Any] = {
        "users.id": i + FIRST,
        "users.confirmed_at": sa.case((i % NOT_CONFIRMED == 0, sa.null()), else_=_at(i % 900)),
        "users.created_at": _at(sa.case((i % NOT_CONFIRMED == 0, -3), else_=i % 900)),
        "users.closed_at": sa.null(),
        "event.created_at": _at(i % 80),
        "session.created_at": _at(i % 20),
        "session.seen_at": _at(-2 - i % 7),
        "session.keep": sa.true(),
        "outbox_item.state": sa.literal(DONE),
        "outbox_item.kind": sa.literal("mail"),
        "token.purpose": sa.literal("undo-email"),
    }
    if str(column) in known:
        found: sa.ColumnElement[Any] = known[str(column)]
        return found
    if whose.owners(column.table) == [column]:
        return sa.case((i % OF_ANN == 0, ANN), else_=i + FIRST)
    kind = column.type
    if isinstance(kind, sa.String) and not (column.nullable and not column.unique):
        long = min(kind.length or 40, 40) - 8
        return sa.func.substr(sa.literal(PAD) + sa.cast(i + FIRST, sa.String), 64 - long + 8)
    if column.nullable:
        return sa.null()
    if isinstance(kind, Moment):
        return _at(-9 - i % 30)
    return sa.false() if isinstance(kind, sa.Boolean) else sa.literal(0)


def _at(days_ago: Any) -> sa.ColumnElement[Any]:
    now = datetime.now(UTC)
    if db.engine.dialect.name == "postgresql":
        moment = sa.literal(now, sa.DateTime(timezone=True))
        return sa.type_coerce(moment - sa.func.make_interval(0, 0, 0, days_ago), Moment())
    words = sa.cast(-days_ago, sa.String) + " days"
    return sa.func.strftime("%Y-%m-%d %H:%M:%f000", f"{now:%Y-%m-%d %H:%M:%S}", words)


def say(line: str) -> None:
    print(" ".join(line.split()), file=sys.stderr)


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    main(given.rows, given.databases)
