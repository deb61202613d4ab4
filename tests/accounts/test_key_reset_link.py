"""The link beside the code of a forgotten key."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.lib import clock as now
from minimaluser.models import User
from minimaluser.rules import MINUTE
from minimaluser.testing.answers import errors_in
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, snapshot, user_of
from minimaluser.testing.people import NEW_KEY
from tests.accounts.forgotten import NEWER, by_link, reset_link


def test_TK9_the_mailed_link_sets_a_new_key_on_another_device(ann: Person) -> None:
    phone, laptop = ann.elsewhere(), ann.elsewhere()
    phone.ask_for_code()
    assert by_link(laptop, reset_link(ann)) == 303
    assert laptop.log_in(ann.key).status_code == 422
    assert laptop.log_in(NEW_KEY).status_code == 303


def test_TK9_using_the_link_burns_the_code(ann: Person) -> None:
    phone = ann.elsewhere()
    flow = phone.ask_for_code()
    assert by_link(ann.elsewhere(), reset_link(ann)) == 303
    assert phone.use_code(*flow, NEWER).status_code == 422
    assert ann.log_in(NEW_KEY).status_code == 303


def test_TK9_using_the_code_burns_the_link(ann: Person) -> None:
    phone = ann.elsewhere()
    flow = phone.ask_for_code()
    link = reset_link(ann)
    laptop = ann.elsewhere()
    page = laptop.get(link).location  # opened before
    assert phone.use_code(*flow, NEW_KEY).status_code == 303
    form = {"new_key": NEWER, "confirm_key": NEWER}
    assert laptop.post(page, form).status_code == 400
    assert by_link(ann.elsewhere(), link, NEWER) == 400
    assert ann.log_in(NEW_KEY).status_code == 303


def test_TK11_a_reset_by_link_logs_nobody_in_and_everybody_out(app: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    ann.elsewhere().ask_for_code()
    before = snapshot(app)
    phone.open(reset_link(ann))
    assert snapshot(app) == before
    assert ann.is_logged_in
    assert by_link(phone, reset_link(ann)) == 303
    assert not phone.is_logged_in
    assert not ann.is_logged_in
    assert "was reset" in ann.mails()[0].subject


def test_TK3_a_reset_link_works_once(ann: Person) -> None:
    ann.ask_for_code()
    link = reset_link(ann)
    assert by_link(ann.elsewhere(), link) == 303
    assert by_link(ann.elsewhere(), link, NEWER) == 400
    assert ann.elsewhere().post(link, {"new_key": NEWER, "confirm_key": NEWER}).status_code == 400
    assert ann.log_in(NEW_KEY).status_code == 303


@pytest.mark.parametrize(
    ("after", "status"), [(10 * MINUTE - timedelta(seconds=1), 303), (10 * MINUTE, 400)]
)
def test_TK4_a_reset_link_is_good_for_ten_minutes(
    ann: Person, clock: time_machine.Traveller, after: timedelta, status: int
) -> None:
    ann.ask_for_code()
    clock.shift(after)
    assert by_link(ann.elsewhere(), reset_link(ann)) == status


@pytest.mark.usefixtures("no_limits")
def test_TK5_a_newer_link_of_the_same_browser_voids_the_older_and_a_stranger_s_does_not(
    ann: Person,
) -> None:
    found, phone = [], ann.elsewhere()
    for browser in (phone, phone, ann.elsewhere(), ann.elsewhere()):
        browser.ask_for_code()
        found.append(reset_link(ann))
    looks = [ann.elsewhere().get(link).status_code for link in found]
    assert looks == [400, 303, 303, 303]
    assert by_link(ann.elsewhere(), found[1]) == 303
    assert [ann.elsewhere().get(link).status_code for link in found] == [400] * 4


@pytest.mark.parametrize("what", ["a new key", "a move", "leaving", "disabling"])
def test_TK5_what_voids_a_reset_link(app: Flask, ann: Person, what: str) -> None:
    ann.elsewhere().ask_for_code()
    link = reset_link(ann)
    if what == "a new key":
        ann.choose_key(NEWER)
    elif what == "a move":
        ann.move("ann@new.example")
    elif what == "leaving":
        ann.leave()
    else:
        change(app, User, user_of(app, ann.email).id, disabled_at=now.now())
    assert by_link(ann.elsewhere(), link) == 400


def test_CR5_a_weak_key_is_refused_and_does_not_use_the_link_up(ann: Person) -> None:
    ann.ask_for_code()
    phone = ann.elsewhere()
    page = phone.get(reset_link(ann)).location
    for key in ("short", "ann@example.org is mine"):
        answer = phone.post(page, {"new_key": key, "confirm_key": key})
        assert answer.status_code == 422
        assert errors_in(answer)
        assert key not in answer.text
    assert phone.post(page, {"new_key": NEW_KEY, "confirm_key": NEW_KEY}).status_code == 303
