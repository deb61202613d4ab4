"""The link mailed to the old address."""

from __future__ import annotations

from flask import Flask

from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import snapshot

NEW, NEXT = "ann@new.example", "/forgot-key?after=undo"


def link_of(ann: Person) -> str:
    ann.ask_to_move(NEW)
    return ann.link("/email/undo/")


def test_TK6_the_link_shows_a_button_and_the_button_undoes(ann: Person, eve: Person) -> None:
    link = link_of(ann)
    assert "Undo the change</button>" in eve.open(link).text
    answer = eve.post(link)
    assert (answer.status_code, answer.location) == (303, NEXT)
    page = eve.get(answer.location).text
    assert "The change is undone" in page
    assert "Choose a new access key</h1>" in page
    assert "No access key opens your account now" in page
    assert "Your account is back" not in page  # it was never gone


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
