"""The link mailed to the old address."""

from __future__ import annotations

from flask import Flask

from tests.answers import assert_fragment_is_part_of_page
from tests.database import snapshot
from tests.person import Person, form_of

NEW, NEXT = "ann@new.example", "/forgot-key?after=undo"


def link_of(ann: Person) -> str:
    ann.ask_to_move(NEW)
    return ann.link("/email/undo/")


def test_the_fragment_is_a_part_of_the_page(ann: Person, eve: Person) -> None:
    assert_fragment_is_part_of_page(eve, eve.get(link_of(ann)).location)


def test_TK6_the_link_shows_a_button_and_the_button_undoes(ann: Person, eve: Person) -> None:
    link = link_of(ann)
    assert "Undo the change</button>" in eve.open(link).text
    answer = eve.post(link)
    assert (answer.status_code, answer.location) == (303, NEXT)
    page = eve.get(answer.location).text
    assert "The change is undone" in page
    assert "Choose a new access key</h1>" in page
    assert "no access key opens it" in page


def test_it_works_with_htmx(ann: Person, eve: Person) -> None:
    assert eve.post(link_of(ann), htmx=True).headers["HX-Redirect"] == NEXT


def test_a_user_who_is_logged_in_here_is_logged_out(ann: Person) -> None:
    ann.post(link_of(ann))
    assert not ann.is_logged_in


def test_somebody_else_who_is_logged_in_here_is_told_and_stays_so(
    app: Flask, ann: Person, ben: Person
) -> None:
    link = link_of(ann)
    before = snapshot(app)
    warned = ben.post(link)  # directly, without the page that says whose account it is
    assert warned.status_code == 422
    assert "You are logged in here as" in warned.text
    assert snapshot(app) == before
    assert ben.post(link, form_of(warned)).status_code == 303
    assert ben.is_logged_in


def test_TK3_a_link_works_once(ann: Person, eve: Person) -> None:
    link = link_of(ann)
    eve.post(link)
    assert eve.post(link).status_code == 400
    assert "This link no longer works" in eve.get(link).text


def test_TK7_the_page_tells_no_other_site(ann: Person) -> None:
    assert ann.get(link_of(ann)).headers["Referrer-Policy"] == "no-referrer"
