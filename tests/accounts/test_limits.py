"""Limits: tries above them fail (RL1, RL4)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from minimaluser.accounts import removal
from minimaluser.database import db
from minimaluser.lib import audit
from minimaluser.models import people
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.security import limits
from minimaluser.testing.client import Person
from tests.accounts.counting import (
    at,
    bad_link,
    draw,
    forget,
    look_for_a_name,
    move,
    rename,
    sign_up,
    wrong_code,
    wrong_key,
    wrong_log_in,
)

# action, person, number of tries that pass, length of the window
TABLE = [
    (wrong_log_in, "guest", 10, 5 * MINUTE),
    (sign_up, "guest", 5, HOUR),
    (forget, "guest", 10, HOUR),
    (wrong_code, "guest", 10, 5 * MINUTE),
    (bad_link, "guest", 30, 5 * MINUTE),
    (rename, "ann", 5, DAY),
    (look_for_a_name, "ann", 20, HOUR),
    (move, "ann", 3, DAY),
    (draw, "ann", 60, HOUR),
]


@pytest.mark.parametrize(
    ("do", "who", "most", "window"), TABLE, ids=lambda v: getattr(v, "__name__", "")
)
def test_RL1_requests_up_to_the_limit_pass_and_the_next_is_told_when_to_come_back(
    counted: Flask,
    ann: Person,
    clock: time_machine.Traveller,
    do: Callable[[Person], TestResponse],
    who: str,
    most: int,
    window: timedelta,
) -> None:
    person = ann
    if who == "guest":
        person = Person(counted, ann.email, ann.key)
    else:
        person.log_out()
        person.log_in(keep="y")  # a day's limit outlasts a brief session
    for _ in range(most):
        assert do(person).status_code in {200, 303, 400, 422}
        clock.shift(timedelta(seconds=1))
    refused = do(person)
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert wait == window.total_seconds() - most
    assert "Please try again in" in refused.text
    clock.shift(timedelta(seconds=wait - 1))
    assert do(person).status_code == 429
    clock.shift(timedelta(seconds=1.1))
    assert do(person).status_code != 429


def test_RL1_a_fragment_request_is_told_too(counted: Flask, ann: Person) -> None:
    for _ in range(5):
        assert rename(ann).status_code == 303
    answer = ann.post("/profile/nickname", {"nickname": "Ann the Last"}, htmx=True)
    assert answer.status_code == 429
    assert answer.text.startswith('<hx-partial hx-target="#toasts"')
    assert "Please try again in 24 hours" in answer.text
    assert int(answer.headers["Retry-After"]) > 80_000


@pytest.mark.parametrize(
    ("action", "scope", "most"),
    [
        (action, scope, rates_of[0][0])
        for action, scopes in rules.limits.items()
        for scope, rates_of in scopes.items()
        if rates_of[0][0] <= 100
    ],
)
def test_RL1_every_row_of_the_table_is_counted(
    counted: Flask, action: str, scope: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, action, {scope: rules.limits[action][scope]})
    with counted.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for _ in range(most):
            limits.count(action, "x")
        with pytest.raises(limits.TooMany):
            limits.count(action, "x")
        limits.count(action, "y") if scope == "account" else None
    if scope == "network":
        with counted.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.2"}):
            limits.count(action, "x")


def test_RL1_the_limits_are_those_of_the_table() -> None:
    day, hour, five = DAY, HOUR, 5 * MINUTE
    wanted = {
        "log-in": {
            "account": ((10, five), (50, day)), "network": ((30, five),), "alarm": ((1000, five),),
        },
        "log-in-known": {"account": ((5, five),)},
        "log-in-known-all": {"account": ((15, five),)},
        "log-in-done": {"account": ((30, hour),)},
        "log-in-done-known": {"account": ((30, hour),)},
        "wrong-keys": {"account": ((100, 30 * DAY),)},
        "sign-up": {"network": ((5, hour), (20, day)), "site": ((500, hour),)},
        "forgot-key": {"network": ((10, hour),), "alarm": ((500, hour),)},
        "code": {"network": ((10, five), (50, hour)), "site": ((1000, hour),)},
        "wrong-codes": {"account": ((50, 30 * DAY),)},
        "link": {"network": ((30, five),)},
        "link-signed": {"network": ((120, five),)},
        "stop-mail": {"account": ((20, hour),)},
        "confirm": {"network": ((10, hour),)},
        "email": {"account": ((3, day),), "network": ((10, day),)},
        "key": {"account": ((5, five),), "network": ((30, five),)},
        "new-key": {"account": ((5, hour), (10, day))},
        "key-entry": {"account": ((30, hour),)},
        "export": {"account": ((10, hour),)},
        "nickname": {"account": ((5, day),)},
        "nickname-check": {"account": ((20, hour),)},
        "tile": {"account": ((60, hour),)},
        "field-check": {"network": ((240, MINUTE),)},
        "any-mail": {"account": ((5, day),)},
        "move-mail": {"account": ((2, day),)},
        "sign-up-mail": {"account": ((3, day),)},
        "forgot-key-mail": {"account": ((5, day),)},
        "forgot-key-mail-more": {"account": ((1, hour),)},
        "forgot-key-mail-here": {"account": ((3, hour), (4, day))},
        "forgot-key-mail-known": {"account": ((6, hour), (10, day))},
        "forgot-key-mail-browser": {"account": ((3, hour), (5, day))},
        "confirm-mail": {"account": ((5, day),)},
        "confirm-mail-again": {"account": ((1, 3 * MINUTE), (3, 6 * hour))},
        "key-changed-mail": {"account": ((10, day),)},
        "undo-mail": {"account": ((10, day),)},
        "notice-mail": {"account": ((10, day),)},
        "new-device-mail": {"account": ((3, day),)},
        "bulletin-mail": {"account": ((5, day),)},
    }  # fmt: skip
    assert wanted == rules.limits


def test_RL1_a_longer_window_counts_beside_the_shorter(
    counted: Flask, clock: time_machine.Traveller
) -> None:
    with counted.app_context():
        for number in range(50):
            if number and number % 10 == 0:
                clock.shift(5 * MINUTE)
            limits.count("log-in", "x")
        clock.shift(5 * MINUTE)
        with pytest.raises(limits.TooMany) as refusal:
            limits.count("log-in", "x")
    assert refusal.value.seconds == pytest.approx((DAY - 25 * MINUTE).total_seconds(), abs=1)


def test_RL1_the_window_slides(counted: Flask, clock: time_machine.Traveller) -> None:
    """With fixed windows, twenty would pass at once: ten at the end of one, ten at the next."""
    with counted.app_context():
        clock.shift(4 * MINUTE)
        for _ in range(10):
            limits.count("log-in", "x")
        clock.shift(4 * MINUTE)
        with pytest.raises(limits.TooMany):
            limits.count("log-in", "x")
        clock.shift(MINUTE + timedelta(seconds=1))
        limits.count("log-in", "x")


def test_RL1_a_refused_try_is_not_counted(counted: Flask, clock: time_machine.Traveller) -> None:
    with counted.app_context():
        for _ in range(30):
            try:
                limits.count("log-in", "x")
            except limits.TooMany:
                clock.shift(timedelta(seconds=10))
        clock.shift(100 * timedelta(seconds=1))
        limits.count("log-in", "x")


def test_RL1_tries_at_the_same_moment_are_all_counted(counted: Flask) -> None:
    def one(_: int) -> bool:
        with counted.app_context():
            try:
                limits.count("log-in", "x")
            except limits.TooMany:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 10


def test_RL1_a_right_key_is_not_counted(counted: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    for _ in range(12):
        assert phone.log_in().status_code == 303
        phone.log_out()
        phone.client.delete_cookie("mu_browser")
    for _ in range(7):
        assert (
            ann.post(
                "/profile/key", {"current_key": ann.key, "new_key": "x", "confirm_key": "x"}
            ).status_code
            == 422
        )


def test_RL1_wrong_keys_are_counted_over_all_sessions_of_an_account(
    counted: Flask, ann: Person
) -> None:
    phone = ann.logged_in_elsewhere()
    for browser, tries in ((ann, 3), (phone, 2)):
        assert {wrong_key(browser).status_code for _ in range(tries)} == {422}
    refused = phone.post("/profile/delete", {"current_key": ann.key})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_RL1_asking_for_the_confirmation_again_is_counted_for_the_network(
    counted: Flask, ben: Person
) -> None:
    assert {ben.post("/confirm").status_code for _ in range(10)} == {303}
    assert ben.post("/confirm").status_code == 429


def test_RL1_three_mails_a_day_for_sign_ups_of_one_address(counted: Flask) -> None:
    sent = []
    for number in range(4):
        stranger = at(Person(counted, "again@example.org"), f"203.0.113.{number}")
        stranger.post("/signup", {"email": stranger.email})
        sent.append(sum("Confirm your email" in mail.subject for mail in stranger.mails()))
        with counted.app_context():
            removal.remove(people.by_email(stranger.email))
            db.session.commit()
    assert sent == [1, 1, 1, 0]  # unsent mail goes with its account


def test_RL1_a_limit_of_the_whole_site_holds_for_everybody_and_is_an_alarm(
    counted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, object]] = []
    monkeypatch.setattr(audit, "note", lambda _, level, **more: said.append((level, more["site"])))
    for scope in ("network", "site"):
        monkeypatch.setitem(rules.limits, "code", {scope: ((3, HOUR),)})
        for number in range(3):
            with counted.test_request_context(environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}):
                limits.count("code")
        refused = pytest.raises(limits.TooMany) if scope == "site" else nullcontext()
        with counted.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.9"}), refused:
            limits.count("code")
    assert said == [(logging.ERROR, True)]
