"""No input breaks a page (IN4): requests made up from the schema, for every route and state."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from hypothesis import given

from minimaluser.testing.sites import Site
from tests.fuzz.asker import Asker, Outcome
from tests.fuzz.cases import Case, cases
from tests.fuzz.conftest import CASES, CASES_IN_SHORT, effort
from tests.fuzz.schema import operations

MOST_SECONDS = 1.0


@pytest.fixture
def asker(app: Flask, site: Site, no_limits: None) -> Asker:
    return Asker(app, site)


def judge(asker: Asker, case: Case) -> Outcome:
    """Send a case and insist on what holds for every one."""
    outcome = asker.ask(case)
    assert outcome.status < 500, outcome
    for _ in range(3):  # a machine that is busy is slow once, not again and again
        if outcome.seconds <= MOST_SECONDS:
            break
        outcome = asker.ask(case)
    assert outcome.seconds <= MOST_SECONDS, "an input that takes long"
    assert "Content-Security-Policy" in outcome.headers
    assert_leads_inside(outcome, case.headers.get("HTTP_HOST", "localhost"))
    return outcome


def assert_leads_inside(outcome: Outcome, host: str) -> None:
    """AZ4: whatever was sent, nobody is sent to another site."""
    for name in ("Location", "HX-Redirect"):
        target = outcome.headers.get(name, "/")
        inside = target.removeprefix(f"http://{host}")
        assert inside.startswith("/"), target
        assert not inside.startswith(("//", "/\\")), target


def test_IN4_no_input_breaks_a_page(asker: Asker, record_property: Any) -> None:
    known = operations(asker.app)
    names = sorted({name for operation in known for name, _ in operation.fields})
    each = math.ceil((CASES or CASES_IN_SHORT) / len(known))
    statuses: Counter[str] = Counter()
    problems: list[Exception] = []
    slowest = 0.0

    for operation in known:

        @effort(each)
        @given(case=cases(operation, names, asker.pool))
        def try_it(case: Case) -> None:
            nonlocal slowest
            outcome = judge(asker, case)
            slowest = max(slowest, outcome.seconds)
            statuses[str(outcome.status)] += 1

        try:
            try_it()
        except Exception as problem:  # one hole must not hide the next
            problem.add_note(str(operation))
            problems.append(problem)
            asker.bring_back()
    told = ", ".join(f"{status} × {n}" for status, n in sorted(statuses.items()))
    told = f"{statuses.total()} cases, slowest {slowest * 1000:.0f} ms; {told}"
    record_property("fuzz", told)
    if problems:
        raise ExceptionGroup("these break the site", problems)
    assert statuses.total() >= each * len(known) * 0.9


def test_the_schema_knows_routes_blanks_and_fields(app: Flask) -> None:
    known = {str(operation): operation for operation in operations(app)}
    assert {one.partition(" ")[2] for one in known} == {
        r.endpoint for r in app.url_map.iter_rules()
    }
    assert known["POST nickname.update"].fields == (
        ("csrf_token", "CSRFTokenField"),
        ("nickname", "StringField"),
    )
    assert known["GET club.file"].path == ("/club/", ("int", "number"), "/badge.png")
    assert ("new_key", "PasswordField") in known["POST validation.create"].fields
