"""Entering the access key again before a sensitive action (SE7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.models import Session
from minimaluser.rules import MINUTE
from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of
from minimaluser.testing.patterns import HTMX
from tests.lib.test_text import OUTSIDE

PATH = "/key-entry"
SECOND = timedelta(seconds=1)
SERIOUS = [
    ("POST", "/profile/sessions", "sessions"),
    ("POST", "/profile/sessions/1", "sessions"),
    ("GET", "/profile/export", "export"),
    ("POST", "/profile/first-key", "key"),
]


@pytest.mark.parametrize(("method", "path", "row"), SERIOUS)
def test_SE7_after_ten_minutes_the_key_is_asked_for_and_nothing_is_done(
    app: Flask, ann: Person, clock: time_machine.Traveller, method: str, path: str, row: str
) -> None:
    ann.log_out()
    ann.log_in()
    other = ann.logged_in_elsewhere()
    address = f"/key-entry?next=/profile%23row-{row}"
    clock.shift(10 * MINUTE + SECOND)
    form = {"csrf_token": ann.token()}
    plainly = ann.client.open(path, method=method, data=form)
    assert (plainly.status_code, plainly.location) == (303, address)
    in_place = ann.client.open(path, method=method, data=form, headers=HTMX)
    assert (in_place.status_code, in_place.headers["X-Ask"]) == (401, address)
    assert in_place.data == b""
    assert other.is_logged_in


@pytest.mark.parametrize(("method", "path", "row"), SERIOUS)
def test_SE7_within_ten_minutes_it_is_not_asked_for(
    ann: Person, clock: time_machine.Traveller, method: str, path: str, row: str
) -> None:
    ann.log_out()
    ann.log_in()
    clock.shift(10 * MINUTE - SECOND)
    answer = ann.client.open(path, method=method, data={"csrf_token": ann.token()})
    assert answer.status_code in {200, 303}
    assert "key-entry" not in (answer.location or "")


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("typed", "said"), [("", "Please enter your access key"), ("not my key", "not your current")]
)
def test_SE7_a_wrong_key_brings_the_form_back(
    ann: Person, clock: time_machine.Traveller, typed: str, said: str, htmx: bool
) -> None:
    clock.shift(11 * MINUTE)
    answer = ann.post(PATH, {"current_key": typed, "next": "/profile"}, htmx=htmx)
    assert_form_comes_back(answer, "/profile")
    assert said in errors_in(answer)[0]
    assert "not my key" not in answer.text
    assert ann.get("/profile/export").status_code == 303


def test_SE7_the_right_key_is_good_for_ten_minutes(
    ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(11 * MINUTE)
    answer = ann.post(PATH, {"current_key": ann.key, "next": "/profile#row-export"})
    assert (answer.status_code, answer.location) == (303, "/profile#row-export")
    assert "press the button once more" in ann.get("/profile").text
    clock.shift(10 * MINUTE - SECOND)
    assert ann.get("/profile/export").status_code == 200
    clock.shift(2 * SECOND)
    assert ann.get("/profile/export").status_code == 303


def test_SE7_in_the_dialog_the_page_learns_its_new_token(
    ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(11 * MINUTE)
    dialog = ann.get(PATH, htmx=True, headers={"X-Ask": "true"})
    assert 'id="ask-title"' in dialog.text
    old = ann.token()
    answer = ann.post(PATH, {"current_key": ann.key}, htmx=True, asking=True)
    assert answer.status_code == 204
    new = answer.headers["X-CSRF-Token"]
    assert ann.post("/profile/sessions", token=old).status_code == 403
    assert ann.post("/profile/sessions", token=new).status_code == 303


def test_SE3_the_session_gets_a_new_id_and_stays_the_same_session(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(11 * MINUTE)
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    mine = Session.user_id == user_of(app, ann.email).id
    before = rows_of(app, Session, mine)[0]
    ann.post(PATH, {"current_key": ann.key})
    after = rows_of(app, Session, mine)[0]
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert after.secret_hash != before.secret_hash
    assert ann.is_logged_in
    assert not thief.is_logged_in
    assert count(app, Session, mine) == 1


def test_SE7_EM3_five_wrong_keys_end_the_session_and_the_owner_is_told(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(11 * MINUTE)
    other = ann.logged_in_elsewhere()
    mails = len(ann.mails())
    for _ in range(4):
        assert ann.post(PATH, {"current_key": "wrong"}).status_code == 422
    assert ann.is_logged_in
    assert len(ann.mails()) == mails
    assert ann.post(PATH, {"current_key": "wrong"}).location.startswith("/login")
    assert not ann.is_logged_in
    assert other.is_logged_in
    assert "wrong access key" in ann.mails()[0].subject
    assert len(ann.mails()) == mails + 1


def test_SE7_a_right_key_resets_the_count_of_wrong_ones(
    ann: Person, clock: time_machine.Traveller
) -> None:
    for _ in range(2):
        for _ in range(4):
            ann.post(PATH, {"current_key": "wrong"})
        assert ann.post(PATH, {"current_key": ann.key}).status_code == 303
        clock.shift(6 * MINUTE)  # no more than so many in five minutes
    assert ann.is_logged_in


@pytest.mark.parametrize("address", OUTSIDE)
def test_AZ4_it_leads_nowhere_else(ann: Person, address: str) -> None:
    answer = ann.post(PATH, {"current_key": ann.key, "next": address})
    assert answer.location == "/profile"
