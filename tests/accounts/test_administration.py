"""What operators of the site do with accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.models import OutboxItem
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, user_of


def test_a_confirmed_user_with_a_given_key_can_log_in(app: Flask) -> None:
    with app.app_context():
        _, key = accounts.create_user("Carla@example.org", "confirmed", "any key at all")
    assert key == "any key at all"
    carla = Person(app, "carla@example.org", key)
    assert carla.log_in().status_code == 303
    assert carla.get("/club/").status_code == 200
    assert not user_of(app, carla.email).key_is_first


def test_a_key_that_was_made_is_a_first_key(app: Flask, clock: time_machine.Traveller) -> None:
    with app.app_context():
        nickname, key = accounts.create_user("carla@example.org", "unconfirmed", None)
    carla = Person(app, "carla@example.org", key)
    assert carla.log_in().status_code == 303
    assert nickname in carla.get("/profile").text
    assert carla.get("/club/").status_code == 303
    clock.shift(timedelta(days=7))
    assert carla.elsewhere().log_in().status_code == 422


def test_a_disabled_user_cannot_log_in(app: Flask) -> None:
    with app.app_context():
        _, key = accounts.create_user("carla@example.org", "disabled", None)
    assert Person(app, "carla@example.org", key).log_in().status_code == 422


def test_no_mail_is_sent(app: Flask) -> None:
    before = count(app, OutboxItem, OutboxItem.kind == "mail")
    with app.app_context():
        accounts.create_user("carla@example.org", "unconfirmed", None)
    assert count(app, OutboxItem, OutboxItem.kind == "mail") == before


@pytest.mark.parametrize("email", ["ANN@example.org", "no address", ""])
def test_a_taken_or_invalid_address_is_refused(app: Flask, email: str) -> None:
    with app.app_context(), pytest.raises(accounts.Refused) as refusal:
        accounts.create_user(email, "confirmed", None)
    assert refusal.value.field == "email"


def test_AZ2_disabling_ends_every_session(app: Flask, ann: Person) -> None:
    with app.app_context():
        assert accounts.set_state(ann.email, "disabled")
    assert not ann.is_logged_in
    with app.app_context():
        assert accounts.set_state(ann.email, "confirmed")
    assert not ann.is_logged_in
    assert ann.log_in().status_code == 303


def test_confirming_twice_keeps_the_first_time(app: Flask, ben: Person) -> None:
    with app.app_context():
        accounts.set_state(ben.email, "confirmed")
    first = user_of(app, ben.email).confirmed_at
    with app.app_context():
        accounts.set_state(ben.email, "confirmed")
    assert user_of(app, ben.email).confirmed_at == first


def test_an_unknown_address_has_no_state(inside: None) -> None:
    assert not accounts.set_state("nobody@example.org", "confirmed")


def test_everybody_is_listed_with_their_state(app: Flask, ann: Person, ben: Person) -> None:
    with app.app_context():
        accounts.create_user("carla@example.org", "disabled", None)
        states = {email: state for state, email, _ in accounts.list_users()}
    assert states == {
        ann.email: "confirmed",
        ben.email: "unconfirmed",
        "carla@example.org": "disabled",
    }
