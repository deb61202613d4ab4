"""However many people there are: no statement reads a table that grows with them as a whole (OP3).

The tables of the tests are small, so the database is asked how it would find the rows, not how long
it takes; `python -m tools.growth` measures that.
"""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.database import db
from minimaluser.testing import plans
from minimaluser.testing.client import Person
from tests.tour import tour, work

EXEMPT: dict[str, str] = {}  # a part of a statement → why it may read a table as a whole


def found(asked: list[plans.Asked]) -> dict[str, list[str]]:
    """What is read as a whole, by deed and statement."""
    return {
        f"{each.deed}: {each.sql}": each.scans
        for each in asked
        if each.scans and not any(part in each.sql for part in EXEMPT)
    }


@pytest.mark.usefixtures("no_limits")
def test_OP3_no_statement_reads_a_table_that_grows_as_a_whole(stocked: Flask, ann: Person) -> None:
    with plans.watched(stocked) as asked:
        tour(stocked, ann)
    assert found(asked) == {}
    deeds = {each.deed for each in asked}
    assert {"login.create", "closing_undo.update", "bulletins.stop", "health.ready"} <= deeds
    assert {"the worker: a task", "the worker: purge", "the age of the queue"} <= deeds


@pytest.mark.parametrize(
    ("index", "table"),
    [("ix_outbox_item_waiting", "outbox_item"), ("ix_users_unconfirmed", "users")],
)
def test_it_is_noticed_when_an_index_is_missing(app: Flask, index: str, table: str) -> None:
    (ours,) = (each for each in db.metadata.tables[table].indexes if each.name == index)
    with app.app_context():
        ours.drop(db.engine)
    try:
        with plans.watched(app) as asked:
            work(app)
    finally:
        with app.app_context():
            ours.create(db.engine)  # tests that come later have the same database
    assert table in str(found(asked).values())


def test_what_grows_is_known_by_the_people_in_it() -> None:
    assert {"users", "session", "event", "outbox_item", "hit", "mail_stop"} <= plans.growing()


def test_OP3_what_goes_with_a_row_is_found_by_an_index() -> None:
    assert plans.without_index() == []
