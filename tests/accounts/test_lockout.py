"""No stranger locks an owner out (RL3, RL5, TK9)."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from minimaluser.rules import DAY, HOUR, rules
from minimaluser.security import limits
from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY
from tests.accounts.counting import at, flood, wrong_log_in


def test_RL3_the_owner_logs_in_from_a_known_browser_during_a_flood(
    counted: Flask, ann: Person
) -> None:
    phone = ann.elsewhere()
    assert phone.log_in().status_code == 303
    cookie = phone.client.get_cookie("mu_browser")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    phone.log_out()
    flood(counted, ann.email)
    assert ann.elsewhere().log_in().status_code == 429
    assert phone.log_in().status_code == 303


def test_RL3_a_known_browser_has_a_limit_of_its_own(counted: Flask, ann: Person) -> None:
    phone = ann.logged_in_elsewhere()
    phone.log_out()
    answers = [wrong_log_in(phone).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_RL3_a_known_browser_is_known_for_its_owner_only(
    counted: Flask, ann: Person, ben: Person
) -> None:
    ben.confirm()
    thief = ben.elsewhere()
    assert thief.log_in().status_code == 303
    thief.log_out()
    flood(counted, ann.email)
    thief.email, thief.key = ann.email, ann.key
    assert thief.log_in().status_code == 429
    for garbage in ("", "x", "a.b.c", thief.client.get_cookie("mu_browser").value[:-2]):
        thief.client.set_cookie("mu_browser", garbage)
        assert thief.log_in().status_code == 429


def test_RL3_forgot_and_link_work_while_log_in_is_limited(counted: Flask, ann: Person) -> None:
    flood(counted, ann.email)
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    assert phone.use_code(address, code, NEW_KEY).status_code == 303


def test_TK9_codes_tried_in_another_browser_count_only_for_its_network(
    counted: Flask, ann: Person
) -> None:
    phone, thief = ann.elsewhere(), ann.elsewhere()
    address, code = phone.ask_for_code()
    for _ in range(10):
        assert thief.use_code(address, code, NEW_KEY).status_code == 422
    assert thief.use_code(address, code, NEW_KEY).status_code == 429
    assert phone.use_code(address, code, NEW_KEY).status_code == 303


@pytest.mark.parametrize("way", ["link", "code"])
def test_RL3_after_a_reset_the_owner_logs_in_with_this_browser_while_the_flood_goes_on(
    counted: Flask, ann: Person, way: str
) -> None:
    flood(counted, ann.email)
    phone = ann.elsewhere()
    assert phone.log_in().status_code == 429
    address, code = phone.ask_for_code()
    if way == "link":
        address, code = ann.link("/reset-key/mail/"), ""
    assert phone.use_code(address, code, NEW_KEY).status_code == 303
    flood(counted, ann.email)
    assert ann.elsewhere().log_in(NEW_KEY).status_code == 429  # the attacker gained no tries
    assert phone.log_in(NEW_KEY).status_code == 303
    assert phone.is_logged_in


def test_RL3_strangers_asking_for_codes_do_not_use_up_the_owner_s(
    counted: Flask, ann: Person
) -> None:
    phone = ann.logged_in_elsewhere()
    phone.log_out()
    for number in range(6):
        at(Person(counted, ann.email), f"203.0.113.{number}").ask_for_code()
    refused = ann.elsewhere().post("/forgot-key", {"email": ann.email})
    assert refused.status_code == 429
    address, code = phone.ask_for_code()
    assert phone.use_code(address, code, NEW_KEY).status_code == 303


def test_RL5_a_hundred_wrong_keys_in_a_row_turn_the_key_off_until_a_reset(
    counted: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.logged_in_elsewhere()
    phone.log_out()
    with counted.app_context():
        for number in range(99):
            if number % 10 == 0:
                clock.shift(2 * HOUR if number % 50 else DAY)
            limits.count("log-in", ann.email)
            limits.count("wrong-keys", ann.email)
    assert wrong_log_in(ann.elsewhere()).status_code == 422
    clock.shift(DAY)
    assert ann.elsewhere().log_in().status_code == 422
    assert phone.log_in().status_code == 303
    phone.log_out()
    assert ann.elsewhere().log_in().status_code == 303  # a success starts a new row


def test_RL5_a_reset_turns_the_key_on_again(
    counted: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((3, 30 * DAY),)})
    phone = ann.elsewhere()
    for _ in range(3):
        wrong_log_in(phone)
    assert phone.log_in().status_code == 422
    assert phone.use_code(*phone.ask_for_code(), NEW_KEY).status_code == 303
    assert phone.elsewhere().log_in(NEW_KEY).status_code == 303
