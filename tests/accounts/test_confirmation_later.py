"""Using everything without a confirmed address: CONFIRMATION=later."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.rules import DAY, rules
from minimaluser.security.access import CONFIRMED, addresses
from minimaluser.testing.answers import plain
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of, work

ENDS = "is removed"


@pytest.fixture
def later(stocked: Flask) -> Flask:
    change_settings(stocked, confirmation="later")
    return stocked


def closed_to(app: Flask, person: Person) -> list[str]:
    """Return the addresses for confirmed users from which somebody is sent to the profile."""
    paths = [
        each.example
        for each in addresses(app)
        if each.access.who is CONFIRMED and not each.access.only and "GET" in each.methods
    ]
    return [path for path in paths if person.get(path).location == "/profile"]


def test_AZ1_what_is_for_confirmed_users_is_open_to_all_who_are_logged_in(
    stocked: Flask, ben: Person, eve: Person
) -> None:
    closed = closed_to(stocked, ben)
    change_settings(stocked, confirmation="later")
    assert closed_to(stocked, ben) == []
    for path in closed:
        assert eve.get(path).location.startswith("/login")


@pytest.mark.parametrize("setting", ["required", "later"])
def test_DL3_pages_and_mails_say_what_happens_to_an_account_that_nobody_confirms(
    stocked: Flask, eve: Person, clock: time_machine.Traveller, setting: str
) -> None:
    change_settings(stocked, confirmation=setting)
    eve.sign_up()
    work(stocked)
    mail = eve.mails()[-1]
    told = [mail.text, mail.html, eve.get("/about").text]
    assert [ENDS in plain(text) for text in told] == [setting == "required"] * 3
    assert ("never confirmed" in eve.get("/privacy-notice").text) == (setting == "required")
    clock.shift(rules.unconfirmed + DAY)
    with stocked.app_context():
        accounts.purge()
    assert (user_of(stocked, eve.email) is None) == (setting == "required")


def test_SE6_the_owner_of_the_address_takes_the_account_from_whoever_used_it(
    later: Flask, eve: Person
) -> None:
    eve.sign_up()
    work(later)
    assert "/forgot-key" in eve.mails()[-1].text
    eve.elsewhere().reset_key()
    assert user_of(later, eve.email).is_confirmed
    assert not eve.is_logged_in
