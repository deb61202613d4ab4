"""A move that waits is sent again, or cancelled (EM1 to EM5)."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from minimaluser.models import OutboxItem
from minimaluser.rules import MINUTE
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import count, rows_of, snapshot, user_of
from minimaluser.testing.patterns import KEY
from tests.accounts.moving import NEW, links_of


def test_TK5_a_link_that_is_sent_again_voids_the_one_before_and_its_key(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move(NEW)
    (earlier, _), old_key = links_of(ann), ann.mailed(KEY, NEW)
    ann.must(ann.post("/profile/email/again"))
    assert ann.get(earlier).status_code == 400
    link, _ = links_of(ann)
    assert ann.post(link).status_code == 303
    key = ann.mailed(KEY, NEW)
    assert key != old_key
    assert Person(app, NEW, old_key).log_in().status_code == 422
    assert Person(app, NEW, key).log_in().status_code == 303


def test_EM2_a_link_that_is_sent_again_is_told_to_the_old_address_with_a_way_back(
    ann: Person,
) -> None:
    ann.ask_to_move(NEW)
    first = links_of(ann)[1]
    ann.must(ann.post("/profile/email/again"))
    assert links_of(ann)[1] != first
    assert "Somebody asked to change" in ann.mails()[0].subject


def test_EM1_a_link_is_sent_again_only_after_a_recent_key(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.ask_to_move(NEW)
    clock.shift(11 * MINUTE)
    before = snapshot(app)
    answer = ann.post("/profile/email/again", htmx=True)
    assert answer.headers["X-Ask"] == "/key-entry?next=/profile%23row-email"
    answer = ann.post("/profile/email/again")
    assert answer.location == "/key-entry?next=/profile%23row-email"
    assert snapshot(app) == before


def test_EN5_a_taken_address_is_told_again_and_the_answer_is_the_same(
    ann: Person, ben: Person
) -> None:
    ann.ask_to_move(ben.email)
    told = len(ben.mails())
    answer = ann.must(ann.post("/profile/email/again"))
    assert answer.location == "/profile"
    assert len(ben.mails()) == told + 1
    assert not any("/email/confirm/" in mail.text for mail in ben.mails())


def test_EM1_a_cancelled_move_has_no_link_and_keeps_the_address_and_the_key(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move(NEW)
    link, _ = links_of(ann)
    ann.must(ann.post("/profile/email/cancel"))
    assert user_of(app, ann.email).pending_email is None
    assert ann.get(link).status_code == 400
    assert ann.post(link, form_of(ann.open(link))).status_code == 400
    assert ann.elsewhere().log_in().status_code == 303


def test_EM1_the_mail_of_a_cancelled_move_that_was_not_sent_yet_never_is(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move(NEW)
    assert len(rows_of(app, OutboxItem, OutboxItem.reference.is_not(None))) > 0
    waiting = count(app, OutboxItem)
    ann.must(ann.post("/profile/email/cancel"))
    assert count(app, OutboxItem) == waiting - 1


@pytest.mark.parametrize("path", ["/profile/email/again", "/profile/email/cancel"])
def test_without_a_move_that_waits_nothing_is_sent_or_changed(
    app: Flask, ann: Person, path: str
) -> None:
    before = snapshot(app)
    ann.must(ann.post(path))
    assert "No change of your email is waiting any more." in ann.get("/profile").text
    assert snapshot(app) == before


def test_RL1_sending_again_counts_as_a_request_to_move(ann: Person) -> None:
    ann.ask_to_move(NEW)
    answers = [ann.post("/profile/email/again", htmx=True) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
