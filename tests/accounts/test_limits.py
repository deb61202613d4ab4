"""Limits: tries above them fail, and no stranger locks an owner out (RL1 to RL5, EN3)."""

from __future__ import annotations

import ipaddress
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import assume, given
from hypothesis.strategies import ip_addresses
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from minimaluser import create_app
from minimaluser.accounts import removal
from minimaluser.database import db
from minimaluser.lib import audit, hashing, rates, shared_counter, strength
from minimaluser.models import Hit, people
from minimaluser.rules import rules
from minimaluser.security import hits, limits
from minimaluser.services import services_of
from minimaluser.settings import CROWD_IN_DEVELOPMENT, ROOT, settings_of
from minimaluser.testing import valkey
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of
from minimaluser.testing.sites import SITE_URL, Site

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW = "seven green trains at noon"
SEEN = {"Content-Type", "Retry-After", "Cache-Control", "Clear-Site-Data"}
REFERENCE = re.compile(r"[0-9a-f]{16,}")  # of the request, in what an error page says


@pytest.fixture(scope="session")
def server_of_hits() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))  # short: a socket's path is at most 107 bytes
    with valkey.running(folder) as url:
        yield url
    shutil.rmtree(folder)


@pytest.fixture(params=["database", "valkey"])
def counted(request: pytest.FixtureRequest, app: Flask) -> Iterator[Flask]:
    """The site as in production, without shared addresses; counts in either place."""
    change_settings(app, rate_limit_crowd=1)
    if request.param == "valkey":
        counter = shared_counter.SharedCounter(request.getfixturevalue("server_of_hits"))
        counter._client.flushall()
        services_of(app).counter = counter
        yield app
        counter._client.close()
    else:
        yield app


def at(person: Person, address: str) -> Person:
    """The same person behind another network address."""
    person.client.environ_base["REMOTE_ADDR"] = address
    return person


def wrong_log_in(person: Person) -> TestResponse:
    return person.log_in("not the key")


def sign_up(person: Counting) -> TestResponse:
    """Sign somebody else up from this network."""
    other = at(Person(person.app, f"{person.number()}@example.org"), person.address)
    return other.post("/signup", {"email": other.email})


def forget(person: Counting) -> TestResponse:
    return person.post("/forgot-key", {"email": f"{person.number()}@example.org"})


def wrong_code(person: Counting) -> TestResponse:
    if not person.memory:
        person.memory = person.ask_for_code()[0]
    return person.use_code(person.memory, "000000", NEW)


def bad_link(person: Person) -> TestResponse:
    return person.post("/confirm/x.y.z")


def wrong_key(person: Person) -> TestResponse:
    return person.post("/profile/delete", {"current_key": "wrong"})


def rename(person: Counting) -> TestResponse:
    return person.post("/profile/nickname", {"nickname": f"Ann the {person.number()}th"})


def look_for_a_name(person: Person) -> TestResponse:
    return person.post("/check/nickname/nickname", {"nickname": "Somebody Else"}, htmx=True)


def draw(person: Person) -> TestResponse:
    return person.post("/profile/tile", {"seed": "0123456789abcdef"})


def move(person: Counting) -> TestResponse:
    return person.ask_to_move(f"{person.number()}@new.example")


class Counting(Person):
    """A person whose tries are numbered."""

    tries, memory = 0, ""

    def number(self) -> int:
        self.tries += 1
        return self.tries

    @property
    def address(self) -> str:
        return str(self.client.environ_base["REMOTE_ADDR"])


@pytest.fixture
def tireless(counted: Flask, site: Site) -> Counting:
    """Ann, with numbered tries."""
    ann = site.person(counted, "ann")
    ann.__class__ = Counting
    return ann  # type: ignore[return-value]


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
    tireless: Counting,
    clock: time_machine.Traveller,
    do: Callable[[Counting], TestResponse],
    who: str,
    most: int,
    window: timedelta,
) -> None:
    person = tireless
    if who == "guest":
        person = Counting(counted, tireless.email, tireless.key)
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


def test_RL1_a_fragment_request_is_told_too(tireless: Counting) -> None:
    for _ in range(5):
        assert rename(tireless).status_code == 303
    answer = tireless.post("/profile/nickname", {"nickname": "Ann the Last"}, htmx=True)
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


def test_RL1_another_process_sees_the_same_count(
    counted: Flask, site: Site, server_of_hits: str
) -> None:
    with counted.app_context():
        for _ in range(10):
            limits.count("log-in", "x")
    shared = server_of_hits if services_of(counted).counter else ""
    environ = {
        "INSTANCE_PATH": str(settings_of(counted).instance_path),
        "DATABASE_URL": settings_of(counted).database_url,
        "RATE_LIMIT_STORAGE_URL": shared,
        "SITE_URL": SITE_URL,
    }
    restarted = create_app(environ)
    with restarted.app_context(), pytest.raises(limits.TooMany):
        limits.count("log-in", "x")
    if shared:
        services_of(restarted).counter._client.close()
    close(restarted)


def test_RL1_a_right_key_is_not_counted(tireless: Counting) -> None:
    phone = tireless.elsewhere()
    for _ in range(12):
        assert phone.log_in().status_code == 303
        phone.log_out()
        phone.client.delete_cookie("mu_browser")
    for _ in range(7):
        assert (
            tireless.post(
                "/profile/key", {"current_key": tireless.key, "new_key": "x", "confirm_key": "x"}
            ).status_code
            == 422
        )


def test_CR8_no_key_is_hashed_once_the_limit_is_reached(
    counted: Flask, tireless: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = tireless.elsewhere()
    for _ in range(10):
        wrong_log_in(phone)
    monkeypatch.setattr(hashing, "verify_key", lambda *_: pytest.fail("hashed"))
    assert wrong_log_in(phone).status_code == 429
    assert wrong_log_in(phone.elsewhere()).status_code == 429


def test_RL1_wrong_keys_are_counted_over_all_sessions_of_an_account(tireless: Counting) -> None:
    phone = tireless.elsewhere()
    phone.log_in()
    for browser, tries in ((tireless, 3), (phone, 2)):
        assert {wrong_key(browser).status_code for _ in range(tries)} == {422}
    refused = phone.post("/profile/delete", {"current_key": tireless.key})
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
        stranger = at(Counting(counted, "again@example.org"), f"203.0.113.{number}")
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


def test_CR8_no_key_is_hashed_for_a_sign_up_or_key_entry_above_the_limit(
    counted: Flask, tireless: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger, phone = Counting(counted, "x"), tireless.elsewhere()
    phone.log_in()
    for person in (tireless, tireless, tireless, phone, phone):  # five in one session end it
        assert wrong_key(person).status_code == 422
        assert sign_up(stranger).status_code == 303
    for name in ("verify_key", "hash_key"):
        monkeypatch.setattr(hashing, name, lambda *_: pytest.fail("hashed"))
    assert sign_up(stranger).status_code == 429
    assert wrong_key(tireless).status_code == 429


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "", True),
    ],
)
def test_RL1_a_network_is_an_ipv4_address_or_64_bits_of_ipv6(
    one: str, other: str, same: bool
) -> None:
    assert (rates.network(one) == rates.network(other)) is same


@given(ip_addresses(v=6))
def test_RL1_an_ipv6_address_is_counted_in_three_networks_around_it(address: Any) -> None:
    assume(address.ipv4_mapped is None)
    found = rates.networks(str(address))
    around = [ipaddress.ip_network(network) for network in found]
    assert [network.prefixlen for network in around] == [64, 56, 48]
    assert all(address in network for network in around)
    assert list(found.values()) == [1, 2, 4]


@given(ip_addresses(v=4))
def test_RL1_an_ipv4_address_is_counted_alone_in_every_notation(address: object) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    wanted = {str(address): 1}
    assert rates.networks(str(address)) == rates.networks(str(mapped)) == wanted


@pytest.mark.parametrize(("differs", "most"), [("1:{:x}::1", 6), ("1:{:x}00::1", 12)])
def test_RL1_a_client_that_changes_its_ipv6_network_is_limited(
    counted: Flask, monkeypatch: pytest.MonkeyPatch, differs: str, most: int
) -> None:
    monkeypatch.setitem(rules.limits, "code", {"network": ((3, HOUR),)})

    def once(address: str) -> None:
        with counted.test_request_context(environ_base={"REMOTE_ADDR": address}):
            limits.count("code")

    for number in range(most):
        once("2001:db8:" + differs.format(number))
    with pytest.raises(limits.TooMany):
        once("2001:db8:" + differs.format(most))
    once("2001:db8:2::1")


def test_RL1_sign_ups_are_counted_for_the_network(counted: Flask) -> None:
    strangers = [at(Counting(counted, "x"), f"2001:db8::{number}") for number in range(6)]
    answers = [sign_up_as(stranger, f"s{n}@example.org") for n, stranger in enumerate(strangers)]
    assert answers == [303] * 5 + [429]
    elsewhere = at(Counting(counted, "x"), "2001:db8:0:1::1")
    assert sign_up_as(elsewhere, "s9@example.org") == 303


def sign_up_as(person: Person, email: str) -> int:
    return person.post("/signup", {"email": email}).status_code


def test_RL1_neither_address_nor_network_is_stored_in_clear(app: Flask, ann: Person) -> None:
    phone = at(ann.elsewhere(), "192.0.2.99")
    wrong_log_in(phone)
    rows = rows_of(app, Hit)
    members = {rows[-1].member, rows[-2].member}  # wrong keys in a row are counted apart
    counted = [row for row in rows if row.member in members]
    assert len(counted) == 4
    for row in counted:
        assert len(row.key) == 64
        assert "ann" not in str(vars(row))
        assert "192.0.2" not in str(vars(row))


def test_RL1_old_hits_are_purged(app: Flask, ann: Person, clock: time_machine.Traveller) -> None:
    from minimaluser import accounts

    rename_once = ann.post("/profile/nickname", {"nickname": "Ann Once"})
    assert rename_once.status_code == 303
    assert count(app, Hit) > 0
    with app.app_context():
        accounts.purge()
    assert count(app, Hit) > 0
    clock.shift(31 * DAY)
    with app.app_context():
        accounts.purge()
    assert count(app, Hit) == 0


def test_DL1_the_counts_of_an_account_are_deleted_with_it(app: Flask, ann: Person) -> None:
    user = user_of(app, ann.email)
    ann.post("/profile/nickname", {"nickname": "Ann Once"})
    with app.app_context():
        key = limits._keys("nickname", "account", user)[0]
    assert count(app, Hit, Hit.key == key) == 1
    with app.app_context():
        limits.forget(user)
        db.session.commit()
    assert count(app, Hit, Hit.key == key) == 0


# --- No stranger locks an owner out


def flood(app: Flask, email: str, tries: int = 50) -> None:
    """Strangers everywhere try keys until the account's limit is reached."""
    for number in range(tries):
        stranger = at(Person(app, email), f"203.0.113.{number}")
        if stranger.log_in("not the key").status_code == 429:
            return
    raise AssertionError("no limit")


def test_RL3_the_owner_logs_in_from_a_known_browser_during_a_flood(
    counted: Flask, tireless: Counting
) -> None:
    phone = tireless.elsewhere()
    assert phone.log_in().status_code == 303
    cookie = phone.client.get_cookie("mu_browser")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    phone.log_out()
    flood(counted, tireless.email)
    assert tireless.elsewhere().log_in().status_code == 429
    assert phone.log_in().status_code == 303


def test_RL3_a_known_browser_has_a_limit_of_its_own(tireless: Counting) -> None:
    phone = tireless.elsewhere()
    phone.log_in()
    phone.log_out()
    answers = [wrong_log_in(phone).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_RL3_a_known_browser_is_known_for_its_owner_only(
    counted: Flask, tireless: Counting, ben: Person
) -> None:
    ben.confirm()
    thief = ben.elsewhere()
    assert thief.log_in().status_code == 303
    thief.log_out()
    flood(counted, tireless.email)
    thief.email, thief.key = tireless.email, tireless.key
    assert thief.log_in().status_code == 429
    for garbage in ("", "x", "a.b.c", thief.client.get_cookie("mu_browser").value[:-2]):
        thief.client.set_cookie("mu_browser", garbage)
        assert thief.log_in().status_code == 429


def test_RL3_forgot_and_link_work_while_log_in_is_limited(
    counted: Flask, tireless: Counting
) -> None:
    flood(counted, tireless.email)
    phone = tireless.elsewhere()
    address, code = phone.ask_for_code()
    assert phone.use_code(address, code, NEW).status_code == 303


def test_TK9_codes_tried_in_another_browser_count_only_for_its_network(
    counted: Flask, tireless: Counting
) -> None:
    phone, thief = tireless.elsewhere(), tireless.elsewhere()
    address, code = phone.ask_for_code()
    for _ in range(10):
        assert thief.use_code(address, code, NEW).status_code == 422
    assert thief.use_code(address, code, NEW).status_code == 429
    assert phone.use_code(address, code, NEW).status_code == 303


@pytest.mark.parametrize("way", ["link", "code"])
def test_RL3_after_a_reset_the_owner_logs_in_with_this_browser_while_the_flood_goes_on(
    counted: Flask, tireless: Counting, way: str
) -> None:
    flood(counted, tireless.email)
    phone = tireless.elsewhere()
    assert phone.log_in().status_code == 429
    address, code = phone.ask_for_code()
    if way == "link":
        address, code = tireless.link("/reset-key/mail/"), ""
    assert phone.use_code(address, code, NEW).status_code == 303
    flood(counted, tireless.email)
    assert tireless.elsewhere().log_in(NEW).status_code == 429  # the attacker gained no tries
    assert phone.log_in(NEW).status_code == 303
    assert phone.is_logged_in


def test_RL3_strangers_asking_for_codes_do_not_use_up_the_owners(
    counted: Flask, tireless: Counting
) -> None:
    phone = tireless.elsewhere()
    phone.log_in()
    phone.log_out()
    for number in range(6):
        at(Person(counted, tireless.email), f"203.0.113.{number}").ask_for_code()
    refused = tireless.elsewhere().post("/forgot-key", {"email": tireless.email})
    assert refused.status_code == 429
    address, code = phone.ask_for_code()
    assert phone.use_code(address, code, NEW).status_code == 303


def test_RL5_a_hundred_wrong_keys_in_a_row_turn_the_key_off_until_a_reset(
    counted: Flask, tireless: Counting, clock: time_machine.Traveller
) -> None:
    phone = tireless.elsewhere()
    phone.log_in()
    phone.log_out()
    with counted.app_context():
        for number in range(99):
            if number % 10 == 0:
                clock.shift(2 * HOUR if number % 50 else DAY)
            limits.count("log-in", tireless.email)
            limits.count("wrong-keys", tireless.email)
    assert wrong_log_in(tireless.elsewhere()).status_code == 422
    clock.shift(DAY)
    assert tireless.elsewhere().log_in().status_code == 422
    assert phone.log_in().status_code == 303
    phone.log_out()
    assert tireless.elsewhere().log_in().status_code == 303  # a success starts a new row


def test_RL5_a_reset_turns_the_key_on_again(
    counted: Flask, tireless: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((3, 30 * DAY),)})
    phone = tireless.elsewhere()
    for _ in range(3):
        wrong_log_in(phone)
    assert phone.log_in().status_code == 422
    assert phone.use_code(*phone.ask_for_code(), NEW).status_code == 303
    assert phone.elsewhere().log_in(NEW).status_code == 303


# --- No limit reveals who has an account (EN3)


def test_EN3_a_new_row_of_wrong_keys_does_not_reveal_that_the_owner_logged_in(
    counted: Flask, tireless: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((3, 30 * DAY),)})
    phone = tireless.elsewhere()
    phone.log_in()
    phone.log_out()
    known, unknown = Counting(counted, tireless.email), Counting(counted, "nobody@example.org")
    for number in range(6):
        if number == 2:
            assert phone.log_in().status_code == 303
        one, other = wrong_log_in(known), wrong_log_in(unknown)
        assert one.status_code == other.status_code == 422


def test_EN3_an_address_nobody_has_is_limited_just_the_same(
    counted: Flask, tireless: Counting
) -> None:
    known, unknown = Counting(counted, tireless.email), Counting(counted, "nobody@example.org")
    for _ in range(12):
        one, other = wrong_log_in(known), wrong_log_in(unknown)
        assert one.status_code == other.status_code
    assert one.status_code == 429
    assert abs(int(one.headers["Retry-After"]) - int(other.headers["Retry-After"])) <= 5


def test_EN3_an_address_counts_however_it_is_typed(counted: Flask) -> None:
    for number in range(10):
        typed = ["nobody@example.org", " NOBODY@Example.org "][number % 2]
        at(Person(counted, typed), f"203.0.113.{number}").log_in("x")
    assert Person(counted, "Nobody@example.org").log_in("x").status_code == 429


@pytest.mark.parametrize("htmx", [False, True])
def test_EN3_when_no_code_is_sent_the_response_says_so_for_every_address(
    counted: Flask, tireless: Counting, clock: time_machine.Traveller, htmx: bool
) -> None:
    answers: dict[str, list[Any]] = {}
    for email in (tireless.email, "nobody@example.org"):
        for number in range(8):
            stranger = at(Person(counted, email), f"203.0.113.{number}")
            answer = stranger.post("/forgot-key", {"email": email}, htmx=htmx)
            headers = {name: value for name, value in answer.headers if name in SEEN}
            text = REFERENCE.sub("", answer.text) if answer.status_code == 429 else ""
            answers.setdefault(email, []).append((answer.status_code, headers, text))
    assert answers[tireless.email] == answers["nobody@example.org"]
    sent = [mail for mail in tireless.mails() if "code" in mail.subject.lower()]
    statuses = [status for status, *_ in answers[tireless.email]]
    assert statuses == [200 if htmx else 303] * 6 + [429] * 2
    assert len(sent) == 6  # five a day, and one an hour
    assert "No code was sent: too many were asked for with this email." in text
    assert "Please try again in 60 minutes." in text
    assert headers["Retry-After"] == "3600"
    assert "on its way" not in text


def test_EN3_a_confirmation_mail_is_sent_once_in_three_minutes(
    counted: Flask, ben: Person, clock: time_machine.Traveller
) -> None:
    before = len(ben.mails())
    for _ in range(3):
        assert ben.post("/confirm").status_code == 303
    assert len(ben.mails()) == before + 1
    page = ben.get("/profile").text
    assert "No mail was sent: this email address has had too many from us lately." in page
    assert "Please try again in 3 minutes." in page
    clock.shift(3 * MINUTE)
    ben.post("/confirm")
    assert len(ben.mails()) == before + 2


def test_RL1_no_more_than_five_unasked_mails_a_day_reach_one_address(
    counted: Flask, ann: Person, ben: Person, clock: time_machine.Traveller
) -> None:
    """Only two of them may be for moves, so that a new user there still gets a mail."""
    victim = Person(counted, "victim@example.org")
    for person in (ann, ben):
        answers = [person.ask_to_move(victim.email) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert "No mail was sent: this email address has had too many" in answers[-1].text
    assert len(ann.mails(victim.email)) == 2
    victim.sign_up()
    assert "We have sent you a mail" in victim.get("/profile").text
    assert len(ann.mails(victim.email)) == 3


# --- Live checks of fields are counted before they cost anything (CR8)


@pytest.mark.parametrize("who", ["guest", "ann"])
@pytest.mark.parametrize(
    "path", ["/check/reset-key/new_key", "/check/key/new_key", "/reset-key/x.y.z", "/profile/key"]
)
def test_CR8_no_key_is_rated_after_too_many_field_checks_from_a_network(
    counted: Flask, tireless: Counting, monkeypatch: pytest.MonkeyPatch, who: str, path: str
) -> None:
    monkeypatch.setitem(rules.limits, "field-check", {"network": ((3, MINUTE),)})
    person = tireless if who == "ann" else Counting(counted, "x")
    form = {"new_key": NEW, "confirm_key": NEW, "current_key": "x", "code": "123456"}
    for _ in range(3):
        person.post("/check/signup/email", {"email": "new@example.org"}, htmx=True)
    monkeypatch.setattr(strength, "check", lambda *_: pytest.fail("judged"))
    answer = person.post(path, form, htmx=True)
    if path == "/profile/key" and who == "guest":
        assert answer.status_code == 401
        return
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.text.startswith('<hx-partial hx-target="#toasts"')
    assert "field-error" not in answer.text


def test_RL1_nobody_types_as_fast_as_fields_are_checked() -> None:
    template = (ROOT / "templates/macros/forms.html").read_text(encoding="utf-8")
    pause = int(re.search(r"input changed delay:(\d+)ms", template)[1])
    ((most, window),) = rules.limits["field-check"]["network"]
    assert most > 1.1 * window / timedelta(milliseconds=pause)


# --- Secrets are rotated (OP1)


def rotate(app: Flask, *secrets: str) -> None:
    change_settings(app, session_secret=list(secrets))


def is_full(app: Flask, action: str = "log-in", subject: str = "x") -> bool:
    with app.app_context():
        try:
            limits.count(action, subject)
        except limits.TooMany:
            return True
    return False


def test_OP1_no_count_restarts_when_a_secret_is_rotated(
    counted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((12, 30 * DAY),)})
    rotate(counted, "old" * 12)
    assert [is_full(counted) for _ in range(11)] == [False] * 10 + [True]
    for _ in range(10):
        assert not is_full(counted, "wrong-keys")
    rotate(counted, "new" * 12, "old" * 12)
    assert is_full(counted)
    assert [is_full(counted, "wrong-keys") for _ in range(3)] == [False, False, True]
    assert [is_full(counted, "log-in", "y") for _ in range(11)] == [False] * 10 + [True]
    rotate(counted, "new" * 12)
    assert is_full(counted, "log-in", "y"), "what was counted since the new one came stays"


@pytest.mark.parametrize("way", ["give back", "clear"])
def test_OP1_hits_given_back_or_cleared_count_under_no_secret(counted: Flask, way: str) -> None:
    rotate(counted, "old" * 12)
    assert not is_full(counted, "log-in-known")
    rotate(counted, "new" * 12, "old" * 12)
    with counted.app_context():
        for _ in range(4):
            attempt = limits.count("log-in-known", "x")
            if way == "give back":
                limits.give_back(attempt)
                db.session.commit()
        if way == "clear":
            limits.clear("x", "log-in-known")
            db.session.commit()
    free = {"give back": (4, 5), "clear": (5, 5)}[way]
    for most, *secrets in ((free[0], "new" * 12, "old" * 12), (free[1] - free[0], "new" * 12)):
        rotate(counted, *secrets)
        for _ in range(most):
            assert not is_full(counted, "log-in-known")
    assert is_full(counted, "log-in-known")


def test_OP1_the_alarm_of_the_whole_site_works_under_each_secret(
    counted: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(audit, "note", lambda *_, **more: said.append(more["site"]))
    monkeypatch.setitem(rules.limits, "code", {"site": ((3, HOUR),)})
    rotate(counted, "old" * 12)
    assert [is_full(counted, "code") for _ in range(3)] == [False] * 3
    rotate(counted, "new" * 12, "old" * 12)
    assert is_full(counted, "code")
    assert said == [True]


# --- When the counter fails (RL4)


def test_RL4_without_the_shared_counter_codes_are_refused_and_the_database_counts_the_rest(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(app, rate_limit_crowd=1)
    said: list[str] = []
    monkeypatch.setattr(audit.log, "log", lambda _level, event, **_: said.append(event))
    services_of(app).counter = shared_counter.SharedCounter("unix:///nowhere/at/all")
    phone = ann.elsewhere()
    answer = phone.post("/forgot-key", {"email": ann.email})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert [wrong_log_in(phone).status_code for _ in range(11)] == [422] * 10 + [429]
    assert "limit_counter_unreachable" in said


def test_RL4_a_counter_in_the_database_that_fails_is_a_503(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def locked(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(hits, "count", locked)
    phone = ann.elsewhere()
    for path, form in {
        "/login": {"email": ann.email, "key": ann.key},
        "/forgot-key": {"email": ann.email},
        "/signup": {"email": "new@example.org"},
        "/confirm/x": {},
    }.items():
        answer = phone.post(path, form)
        assert answer.status_code == 503, path
        assert int(answer.headers["Retry-After"]) > 0


# --- The counted address is the client's (RL2)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"])
def test_RL2_a_forged_address_does_not_change_which_client_is_counted(
    counted: Flask, header: str
) -> None:
    stranger = at(Person(counted, "x"), "192.0.2.1")
    answers = []
    for number in range(6):
        forged = f"for=203.0.113.{number}" if header == "Forwarded" else f"203.0.113.{number}"
        form = {"email": f"s{number}@example.org", "csrf_token": stranger.token()}
        answers.append(
            stranger.client.post("/signup", data=form, headers={header: forged}).status_code
        )
        stranger.client.delete_cookie("mu_session")
    assert answers == [303] * 5 + [429]


def test_RL1_in_development_a_whole_crowd_shares_an_address(app: Flask) -> None:
    assert settings_of(app).rate_limit_crowd == CROWD_IN_DEVELOPMENT
    crowd = [at(Person(app, f"c{number}@example.org"), "127.0.0.1") for number in range(25)]
    assert {person.post("/signup", {"email": person.email}).status_code for person in crowd} == {
        303
    }
