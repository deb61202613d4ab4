"""The link in the goodbye mail."""

from __future__ import annotations

import pytest

from tests.answers import assert_fragment_is_part_of_page
from tests.person import Person

NEXT = "/forgot-key?after=undo"


@pytest.fixture
def link(ann: Person) -> str:
    ann.leave()
    return ann.link("/closing/undo/")


def test_the_fragment_is_a_part_of_the_page(eve: Person, link: str) -> None:
    assert_fragment_is_part_of_page(eve, eve.get(link).location)


def test_TK6_the_link_shows_a_button_and_the_button_undoes(eve: Person, link: str) -> None:
    assert "Bring my account back</button>" in eve.open(link).text
    answer = eve.post(link)
    assert (answer.status_code, answer.location) == (303, NEXT)
    page = eve.get(NEXT).text
    assert "Your account is back" in page
    assert "Choose a new access key</h1>" in page


def test_it_works_with_htmx(eve: Person, link: str) -> None:
    assert eve.post(link, htmx=True).headers["HX-Redirect"] == NEXT


def test_somebody_else_who_is_logged_in_here_stays_so(ben: Person, link: str) -> None:
    ben.post(link)
    assert ben.is_logged_in


def test_TK7_the_page_tells_no_other_site(eve: Person, link: str) -> None:
    assert eve.get(link).headers["Referrer-Policy"] == "no-referrer"
