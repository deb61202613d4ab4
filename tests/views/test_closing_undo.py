"""The link in the goodbye mail."""

from __future__ import annotations

import pytest

from minimaluser.testing.client import Person

NEXT = "/forgot-key?after=undo"


@pytest.fixture
def link(ann: Person) -> str:
    ann.leave()
    return ann.link("/closing/undo/")


def test_TK6_the_link_shows_a_button_and_the_button_undoes(eve: Person, link: str) -> None:
    assert "Bring my account back</button>" in eve.open(link).text
    answer = eve.post(link)
    assert (answer.status_code, answer.location) == (303, NEXT)
    page = eve.get(NEXT).text
    assert page.count("Your account is back") == 1
    assert "Choose a new access key</h1>" in page


def test_it_works_with_htmx(eve: Person, link: str) -> None:
    assert eve.post(link, htmx=True).headers["HX-Redirect"] == NEXT


def test_somebody_else_who_is_logged_in_here_stays_so(ben: Person, link: str) -> None:
    ben.post(link)
    assert ben.is_logged_in
