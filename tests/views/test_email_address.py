"""The e-mail address on the profile."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, user_of

PATH, NEW = "/profile/email", "ann@new.example"


def test_it_works_without_htmx(ann: Person) -> None:
    answer = ann.post(PATH, {"email": NEW})
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert f"We have sent a mail to {NEW}" in ann.get("/profile").text


def test_it_works_with_htmx(ann: Person) -> None:
    answer = ann.post(PATH, {"email": NEW}, htmx=True)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="row-email"' in answer.text
    assert NEW in answer.text
    assert ann.email in answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_the_form_says_what_else_changes(ann: Person, ben: Person, htmx: bool) -> None:
    undone = "The address above gets a link that undoes the change"
    for person in (ann, ben):
        form = person.get(PATH, htmx=htmx).text
        assert "Your access key changes, too" in form
        assert (undone in form) == (person is ann)  # an unconfirmed address gets no undo link


@pytest.mark.parametrize("htmx", [False, True])
def test_an_invalid_address_brings_the_form_back(app: Flask, ann: Person, htmx: bool) -> None:
    before = snapshot(app)
    answer = ann.post(PATH, {"email": "ann@"}, htmx=htmx)
    assert_form_comes_back(answer, "ann@")
    assert "does not look like" in errors_in(answer)[0]
    assert snapshot(app) == before


def test_SE7_the_key_is_asked_for_only_when_it_is_needed(
    ann: Person, clock: time_machine.Traveller
) -> None:
    assert "Current access key" not in ann.get(PATH).text
    clock.shift(timedelta(minutes=11))
    assert "Current access key" in ann.get(PATH).text


def test_SE7_in_place_the_key_is_asked_for_in_a_dialog_and_the_change_then_goes_on(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=11))
    assert "Current access key" not in ann.get(PATH, htmx=True).text
    assert ann.post(PATH, {"email": "nonsense"}, htmx=True).status_code == 422
    answer = ann.post(PATH, {"email": NEW}, htmx=True)
    assert answer.status_code == 401
    assert answer.headers["X-Ask"] == "/key-entry?next=/profile%23row-email"
    assert user_of(app, ann.email).pending_email is None
    assert (
        ann.post("/key-entry", {"current_key": ann.key}, htmx=True, asking=True).status_code == 204
    )
    assert ann.post(PATH, {"email": NEW}, htmx=True).status_code == 200
    assert user_of(app, ann.email).pending_email == NEW


def test_SE3_a_key_entered_with_the_change_makes_a_new_session_id(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=11))
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    answer = ann.post(PATH, {"email": NEW, "current_key": ann.key}, htmx=True)
    assert answer.headers["X-CSRF-Token"]
    assert ann.is_logged_in
    assert not thief.is_logged_in


@pytest.mark.parametrize("htmx", [False, True])
def test_SE7_a_wrong_key_brings_the_form_back_without_it(
    ann: Person, clock: time_machine.Traveller, htmx: bool
) -> None:
    clock.shift(timedelta(minutes=11))
    answer = ann.post(PATH, {"email": NEW, "current_key": "not my key"}, htmx=htmx)
    assert_form_comes_back(answer, NEW)
    assert "not my key" not in answer.text
    assert errors_in(answer) == ["This is not your current access key."]


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("again", f"We have sent a new mail to {NEW}. The link in the earlier one is void."),
        ("cancel", "The change is cancelled. The link that we sent is void."),
    ],
)
def test_a_move_that_waits_can_be_sent_again_and_cancelled_on_its_row(
    ann: Person, button: str, said: str
) -> None:
    path = f"/profile/email/{button}"
    assert path not in ann.get("/profile").text
    ann.post(PATH, {"email": NEW})
    assert f'action="{path}"' in ann.get("/profile").text
    answer = ann.post(path, htmx=True)
    assert answer.status_code == 200
    assert 'id="row-email"' in answer.text
    assert said in answer.text
    assert (path in answer.text) == (button == "again")
