"""What browsers may fetch ahead, and that only guests' settled pages are."""

from __future__ import annotations

import json

import pytest

from minimaluser.testing.client import Person

AHEAD = {"Sec-Purpose": "prefetch"}


@pytest.fixture
def settled(eve: Person) -> Person:
    """A guest who has made the cookie choice."""
    eve.post("/cookies", {})
    return eve


def test_pages_of_a_settled_guest_name_the_rules_and_these_spare_dialogs(settled: Person) -> None:
    settled.get("/about")  # says that the choice is saved
    named = settled.get("/about").headers["Speculation-Rules"].strip('"')
    answer = settled.get(named)
    assert answer.mimetype == "application/speculationrules+json"
    assert "max-age" in answer.headers["Cache-Control"]
    (rule,) = json.loads(answer.text)["prefetch"]
    assert "[hx-get]" in json.dumps(rule["where"])


def test_nothing_is_fetched_ahead_that_a_choice_or_a_log_in_would_change(
    eve: Person, ann: Person
) -> None:
    assert "Speculation-Rules" not in eve.get("/about").headers
    ann.sign_up()
    ann.post("/cookies", {})
    assert "Speculation-Rules" not in ann.get("/about").headers


def test_a_fragment_names_no_rules(settled: Person) -> None:
    assert "Speculation-Rules" not in settled.get("/cookies", htmx=True).headers


def test_a_guests_page_is_given_ahead_but_no_page_of_somebody(settled: Person, ann: Person) -> None:
    settled.get("/about")
    assert settled.get("/about", headers=AHEAD).status_code == 200
    ann.sign_up()
    assert ann.get("/about", headers=AHEAD).status_code == 503


def test_a_message_that_waits_is_not_used_up_ahead(settled: Person) -> None:
    assert settled.get("/about", headers=AHEAD).status_code == 503
    assert "Your cookie choice is saved" in settled.get("/about").text
