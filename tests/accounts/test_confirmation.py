"""Confirming an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.lib import clock as now
from minimaluser.models import OutboxItem, Session, Token, User
from minimaluser.rules import DAY
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, snapshot, user_of
from minimaluser.testing.patterns import KEY

SECOND = timedelta(seconds=1)


def test_a_confirmed_address_stays_confirmed(app: Flask, ben: Person) -> None:
    ben.confirm()
    assert user_of(app, ben.email).is_confirmed
    assert ben.get("/club/").status_code == 200


def test_TK3_a_link_works_once(app: Flask, ben: Person) -> None:
    link = ben.link("/confirm/")
    assert ben.post(link).status_code == 303
    assert ben.post(link).status_code == 400
    assert ben.get(link).status_code == 400


@pytest.mark.parametrize(
    ("after", "status"),
    [(DAY - SECOND, 303), (DAY + 20 * SECOND, 303), (DAY + 31 * SECOND, 400)],
)
def test_TK4_a_link_is_good_for_24_hours_and_30_seconds(
    eve: Person, clock: time_machine.Traveller, after: timedelta, status: int
) -> None:
    eve.sign_up()
    link = eve.link("/confirm/")
    clock.shift(after)
    browser = eve.elsewhere()
    assert browser.open(link).status_code == (200 if status == 303 else 400)
    assert browser.post(link).status_code == status


def test_TK5_a_newer_link_voids_the_older(app: Flask, ben: Person) -> None:
    older = ben.link("/confirm/")
    ben.post("/confirm")
    newer = ben.link("/confirm/")
    assert newer != older
    assert ben.elsewhere().post(older).status_code == 400
    assert ben.elsewhere().post(newer).status_code == 303


def test_TK6_looking_at_a_link_changes_nothing(app: Flask, ben: Person) -> None:
    link, before = ben.link("/confirm/"), snapshot(app)
    scanner = ben.elsewhere()
    for _ in range(5):
        assert scanner.open(link).status_code == 200
    assert scanner.client.head(link).status_code == 303
    assert scanner.client.options(link).status_code == 200
    assert snapshot(app) == before
    assert scanner.post(link).status_code == 303


def test_SE6_confirming_ends_every_session_from_before(app: Flask, eve: Person) -> None:
    """A stranger signs up with the address of another person, who then confirms it."""
    attacker = Person(app, "victim@example.org")
    attacker.sign_up()
    victim = attacker.elsewhere()
    victim.post(attacker.link("/confirm/"))
    assert victim.is_logged_in
    assert not attacker.is_logged_in
    assert count(app, Session, Session.user_id == user_of(app, attacker.email).id) == 1


def test_SE6_a_pending_move_from_before_is_void(app: Flask, ben: Person) -> None:
    assert ben.ask_to_move("attacker@example.org").status_code == 303
    planted = ben.link("/email/confirm/", "attacker@example.org")
    ben.confirm()
    assert user_of(app, ben.email).pending_email is None
    assert ben.elsewhere().post(planted).status_code == 400


def test_the_link_of_a_deleted_or_disabled_account_is_void(
    app: Flask, ben: Person, eve: Person
) -> None:
    eve.sign_up()
    for person in (ben, eve):
        link = person.link("/confirm/")
        if person is ben:
            change(app, User, user_of(app, ben.email).id, disabled_at=now.now())
        else:
            person.post("/profile/delete", {"current_key": person.key})
        assert person.elsewhere().post(link).status_code == 400


def test_a_link_for_another_user_than_its_row_is_void(app: Flask, ann: Person, ben: Person) -> None:
    link = ben.link("/confirm/")
    row = rows_of(app, Token, Token.purpose == "confirm")[-1]
    change(app, Token, row.id, user_id=user_of(app, ann.email).id)
    assert ben.elsewhere().post(link).status_code == 400


def test_sending_again_brings_a_fresh_first_key(ben: Person) -> None:
    old = ben.key
    ben.post("/confirm")
    new = ben.mailed(KEY)
    assert new != old
    assert ben.elsewhere().log_in(old).status_code == 422
    assert ben.elsewhere().log_in(new).status_code == 303


def test_sending_again_leaves_a_chosen_key_alone(ben: Person) -> None:
    ben.choose_key("blue kettle sings at dawn")
    ben.post("/confirm")
    assert not KEY.search(ben.mails()[0].text)
    assert ben.elsewhere().log_in().status_code == 303


def test_nothing_is_sent_again_to_a_confirmed_user(app: Flask, ann: Person) -> None:
    before = count(app, OutboxItem)
    assert ann.post("/confirm").status_code == 303
    assert count(app, OutboxItem) == before


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é", "x" * 3000, "%ff", "..", "'--"])
def test_TK1_a_malformed_link_is_bad(app: Flask, inside: None, token: str) -> None:
    with pytest.raises(accounts.BadLink):
        accounts.look_at("confirm", token)
    with pytest.raises(accounts.BadLink):
        accounts.confirm(token, "")
