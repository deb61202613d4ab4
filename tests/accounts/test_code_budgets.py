"""Whatever strangers ask for, the owner still gets a code and still logs in (RL3)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser.lib import audit
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY
from tests.accounts.counting import ask, at, number_of


def test_RL3_one_network_does_not_use_up_the_codes_that_others_may_ask_for(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    answers = []
    for _ in range(6):
        answers += [ask(crowded, owner.email, "203.0.113.1") for _ in range(2)]
        clock.shift(HOUR)
    assert answers.count(303) == 4
    assert ask(crowded, owner.email, "203.0.113.2") == 303


def test_RL3_after_a_flood_of_strangers_one_code_per_hour_is_still_sent(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    numbers = iter(range(250))
    for _ in range(3):
        for _ in range(12):
            ask(crowded, owner.email, f"203.0.113.{next(numbers)}")
        clock.shift(HOUR)
    assert number_of(owner, "code") == 5 + 3
    assert ask(crowded, owner.email, f"203.0.113.{next(numbers)}") == 303


def test_RL3_each_browser_of_the_owner_has_codes_of_its_own(crowded: Flask, owner: Person) -> None:
    """Otherwise a thief's browser, which has logged in with the key, would use up all."""
    phone, thief = owner.elsewhere(), owner.elsewhere()
    for browser in (phone, thief):
        browser.log_in()
        browser.log_out()
    for _ in range(4):
        thief.post("/forgot-key", {"email": owner.email})
    for number in range(7):
        ask(crowded, owner.email, f"203.0.113.{number}")
    assert phone.use_code(*phone.ask_for_code(), NEW_KEY).status_code == 303


def test_RL3_a_user_who_is_logged_in_is_known_when_asking_for_a_code(
    crowded: Flask, owner: Person
) -> None:
    owner.client.delete_cookie("mu_browser")
    for number in range(7):
        ask(crowded, owner.email, f"203.0.113.{number}")
    assert owner.post("/forgot-key", {"email": owner.email}).status_code == 303
    assert owner.post("/forgot-key", {"email": "ben@example.org"}).status_code == 303
    for number in range(7):
        ask(crowded, "ben@example.org", f"203.0.113.{number}")
    assert owner.post("/forgot-key", {"email": "ben@example.org"}).status_code == 429


@pytest.mark.parametrize("scope", ["network", "site"])
def test_RL3_a_crowd_does_not_lock_known_browsers_out_of_forgot_and_code_but_is_an_alarm(
    crowded: Flask, owner: Person, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, laptop = owner.elsewhere(), owner.elsewhere()
    phone.log_in()
    phone.log_out()
    laptop.client.environ_base["REMOTE_ADDR"] = phone.client.environ_base["REMOTE_ADDR"]
    for action in ("forgot-key", "code"):
        monkeypatch.setitem(rules.limits, action, {scope: ((1, HOUR),)})
    laptop.ask_for_code("somebody@example.org")
    assert laptop.post("/forgot-key", {"email": owner.email}).status_code == 429
    said: list[tuple[int, Any]] = []
    monkeypatch.setattr(audit, "note", lambda _, level=0, **more: said.append((level, more)))
    flow = phone.ask_for_code()
    alarm = (logging.ERROR if scope == "site" else logging.WARNING, "forgot-key")
    assert alarm in [(level, more.get("action")) for level, more in said]
    assert phone.use_code(flow[0], "000000", NEW_KEY).status_code == 422
    assert phone.use_code(*flow, NEW_KEY).status_code == 303


def test_RL3_limits_of_the_whole_site_are_alarms_at_log_in_and_forgot_key_and_lock_nobody_out(
    crowded: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crowd of strangers, and then an owner with an unknown browser."""
    for action in ("forgot-key", "log-in"):
        assert "alarm" in rules.limits[action]
        assert "site" not in rules.limits[action]
        monkeypatch.setitem(rules.limits, action, {"alarm": ((2, HOUR),)})
    for number in range(3):
        ask(crowded, f"nobody-{number}@example.org", f"203.0.113.{number}")
        wrong = {"email": f"nobody-{number}@example.org", "key": "wrong"}
        Person(crowded, "x@example.org").post("/login", wrong)
    said: list[tuple[int, Any]] = []
    monkeypatch.setattr(audit, "note", lambda _, level=0, **more: said.append((level, more)))
    owner.elsewhere().reset_key(NEW_KEY)
    assert owner.elsewhere().log_in(NEW_KEY).status_code == 303
    alarms = {more["action"] for level, more in said if level == logging.ERROR}
    assert alarms == {"forgot-key", "log-in"}


def test_RL3_after_an_undo_the_owner_has_all_codes_even_if_a_thief_used_them_up(
    crowded: Flask, owner: Person
) -> None:
    for _ in range(2):
        thief = owner.logged_in_elsewhere()
        for _ in range(4):
            thief.post("/forgot-key", {"email": owner.email})
    thief.move("thief@evil.example")
    assert owner.post(owner.link("/email/undo/")).status_code == 303
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_RL1_forged_links_from_a_network_do_not_block_valid_ones(
    crowded: Flask, owner: Person
) -> None:
    owner.ask_to_move("owner@new.example")
    neighbour = owner.elsewhere()
    neighbour.client.environ_base["REMOTE_ADDR"] = owner.client.environ_base["REMOTE_ADDR"]
    token = neighbour.token()
    answers = [
        neighbour.post("/email/undo/AAAA.BBBB.CCCC", token=token).status_code for _ in range(32)
    ]
    assert (answers[0], answers[-1]) == (400, 429)
    assert owner.post(owner.link("/email/undo/")).status_code == 303


def test_RL3_every_limit_of_the_whole_site_is_known_here() -> None:
    """If you add one, say how known browsers get past it."""
    known_get_past = {
        "code": "see above",
        "sign-up": "is for nobody who is known",
    }
    assert {name for name, scopes in rules.limits.items() if "site" in scopes} == {*known_get_past}


def test_RL3_log_ins_of_a_thief_do_not_lock_out_the_owner_s_browser(
    crowded: Flask, owner: Person
) -> None:
    phone = owner.logged_in_elsewhere()
    phone.log_out()
    for number in range(31):
        last = at(owner.elsewhere(), f"203.0.113.{number}").log_in().status_code
    assert last == 429
    assert phone.log_in().status_code == 303


def test_RL1_a_known_browser_logs_in_thirty_times_an_hour(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    phone = owner.logged_in_elsewhere()
    answers = []
    for _ in range(31):
        phone.log_out()
        answers.append(phone.log_in().status_code)
    assert answers == [303] * 30 + [429]
    clock.shift(HOUR)
    assert phone.log_in().status_code == 303


def test_RL5_right_keys_above_the_limit_do_not_count_as_wrong_ones(
    crowded: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "log-in-done", {"account": ((1, MINUTE),)})
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((3, DAY),)})
    phone = owner.elsewhere()
    for _ in range(9):
        phone.elsewhere().log_in()
    assert phone.log_in("not the key").status_code == 422


def test_RL3_a_former_key_holder_cannot_lock_out_an_owner_who_uses_the_new_device_link(
    crowded: Flask, owner: Person
) -> None:
    phone, laptop = owner.elsewhere(), at(owner.elsewhere(), "192.0.2.9")
    phone.log_in()
    phone.log_out()
    thieves = [at(owner.elsewhere(), f"203.0.113.{number}") for number in range(3)]
    for thief in thieves:
        thief.log_in()
        thief.log_out()
    for browser in thieves * 5:
        browser.post("/forgot-key", {"email": owner.email})
        browser.log_in("not the key")
    for number in range(12):
        stranger = at(Person(crowded, owner.email), f"198.51.100.{number}")
        stranger.post("/forgot-key", {"email": owner.email})
        stranger.log_in("not the key")
    assert [phone.log_in().status_code, laptop.log_in().status_code] == [429, 429]
    assert phone.post("/forgot-key", {"email": owner.email}).status_code == 429
    assert number_of(owner, "A new device") >= 1
    assert laptop.post(owner.link("/email/undo/")).status_code == 303
    assert laptop.use_code(*laptop.ask_for_code(), NEW_KEY).status_code == 303
    assert laptop.log_in(NEW_KEY).status_code == 303
    assert thieves[0].log_in().status_code != 303
