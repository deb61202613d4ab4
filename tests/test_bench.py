"""`make bench` has a row for each thing and counts what that takes; no time is asserted."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, text

from minimaluser.settings import ROOT
from minimaluser.testing.client import Person
from tools.bench import measure, report
from tools.bench.inside import count
from tools.bench.load import Slice, cpu_of, memory_of
from tools.bench.things import HOST, LIMITS, THINGS, Counts, Thing, Who, of_the_site, write


def counted(app: Flask, things: list[Thing], who: Who) -> dict[str, Counts]:
    app.jinja_env.cache.clear()
    found = count(lambda: app, things, who)
    app.jinja_env.cache.clear()
    return found


@pytest.fixture
def two_pages() -> Iterator[Flask]:
    """A light page, and one that renders twice as much and asks the database."""
    app, engine = Flask("pages"), create_engine("sqlite://")
    app.jinja_loader = DictLoader({"base": "{% block b %}{% endblock %}", "part": "x"})

    @app.get("/light")
    def light() -> str:
        return render_template("base")

    @app.get("/heavy")
    def heavy() -> str:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            connection.execute(text("SELECT 2"))
        return render_template("base") + render_template("part")

    yield app
    engine.dispose()


def test_a_page_that_does_more_is_counted_as_more(two_pages: Flask) -> None:
    found = counted(two_pages, [Thing("light", "/light"), Thing("heavy", "/heavy")], {})
    assert found["light"] == {"statements": 0, "transactions": 0, "templates": 1}
    assert found["heavy"] == {"statements": 2, "transactions": 1, "templates": 2}


def test_an_answer_that_is_not_the_page_is_no_measurement(two_pages: Flask) -> None:
    with pytest.raises(RuntimeError, match="404 NOT FOUND instead of 200"):
        counted(two_pages, [Thing("nothing", "/nothing")], {})


def test_the_pages_of_the_site_are_counted(app: Flask, ann: Person) -> None:
    name = app.session_interface.get_cookie_name(app)
    who = {"member": [(f"{name}={ann.client.get_cookie(name).value}", ann.token())]}
    pages = [each for each in THINGS if each.form is None and each.who in {"stranger", "member"}]
    found = counted(app, pages, who)
    assert {*found} == {each.name for each in pages}
    assert all(each["templates"] for each in found.values()), found
    assert found["home, logged in"]["statements"] > 0


def test_each_thing_has_a_row_with_a_ratio() -> None:
    rows = []
    for thing in [*LIMITS, *of_the_site()]:
        rows.append(report.Row(thing.name, "SQLite"))
        rows[-1].add(Slice(2, 0.004, [0.002, 0.004], 77), cost=6, limit=2)
    shown = report.text(rows, [report.Weight("site", [1.0], 50, 60)], "A note.")
    lines = shown.splitlines()
    for row in rows:
        assert [f"| {row.thing} " in line and "3.0 (3.0–3.0)" in line for line in lines].count(True)
    assert rows[0].figures()["ratio"] == [3]


def test_a_request_is_new_each_time_and_from_somebody_else() -> None:
    who = {"member": [("a=1", "t1"), ("a=2", "t2")]}
    posted = next(each for each in THINGS if each.name == "nickname POST")
    one, other = write(posted, who), write(posted, who)
    assert one.body != other.body
    assert {one.headers["Cookie"], other.headers["Cookie"]} == {"a=1", "a=2"}
    assert one.headers["Host"] == HOST


def test_a_process_has_used_time_and_memory() -> None:
    assert cpu_of(os.getpid()) >= 0
    assert memory_of(os.getpid()) > 0


def test_the_docs_have_a_place_for_the_table() -> None:
    file = ROOT / "docs" / "performance.md"
    assert "a new table" in report.written(file, "a new table")


def test_without_valgrind_a_sentence_stands_for_the_instructions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measure, "which", lambda _name: None)
    bench = measure.Bench.__new__(measure.Bench)  # nothing is started
    assert "valgrind is not installed" in bench.count_instructions()
