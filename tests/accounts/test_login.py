"""Logging in: which keys and addresses are taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from minimaluser import accounts
from minimaluser.accounts import login
from minimaluser.lib import hashing
from minimaluser.models import User
from minimaluser.rules import DAY
from minimaluser.security import sessions
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, user_of


def test_EN1_every_refused_log_in_reads_the_same(app: Flask, ann: Person, ben: Person) -> None:
    change(app, User, user_of(app, ben.email).id, disabled_at=sessions.clock.now())
    with app.app_context():
        for email, key in (
            (ann.email, "wrong"),
            (ann.email, ""),
            ("nobody@example.org", ann.key),
            ("no address", ann.key),
            ("", ""),
            (ben.email, ben.key),
        ):
            with pytest.raises(accounts.Refused, match=login.NOT_KNOWN[:30]) as refusal:
                accounts.log_in(email, key, False, "")
            assert refusal.value.field == "key"


def test_CR2_a_first_key_stops_working_after_7_days(
    ben: Person, clock: time_machine.Traveller
) -> None:
    phone = ben.elsewhere()
    clock.shift(7 * DAY - timedelta(seconds=1))
    assert phone.log_in().status_code == 303
    clock.shift(timedelta(seconds=2))
    assert phone.elsewhere().log_in().status_code == 422


def test_CR2_an_own_key_does_not_stop_working(ann: Person, clock: time_machine.Traveller) -> None:
    clock.shift(400 * DAY)
    assert ann.log_in().status_code == 303


@pytest.mark.parametrize(
    "typed",
    [
        "Blue kettle sings at dawn",
        "blue  kettle sings at dawn",
        "blue kettle sings at daw",
        "bluekettlesingsatdawn",
    ],
)
def test_CR4_a_key_is_compared_exactly(ann: Person, typed: str) -> None:
    assert ann.elsewhere().log_in(typed).status_code == 422


def test_the_address_is_compared_without_regard_to_case(ann: Person) -> None:
    ann.email = "ANN@Example.ORG"
    assert ann.elsewhere().log_in().status_code == 303


def test_CR7_a_weaker_hash_is_renewed_at_the_log_in(
    app: Flask, ann: Person, costly_hashes: None
) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(ann.key)
    identity = user_of(app, ann.email).id
    change(app, User, identity, key_hash=weaker)
    assert ann.elsewhere().log_in("wrong").status_code == 422
    assert user_of(app, ann.email).key_hash == weaker
    assert ann.elsewhere().log_in().status_code == 303
    stronger = user_of(app, ann.email).key_hash
    assert stronger.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert ann.elsewhere().log_in().status_code == 303
    assert user_of(app, ann.email).key_hash == stronger


def test_a_key_changed_while_it_is_verified_is_refused(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = user_of(app, ann.email).id
    verify = hashing.verify_key

    def slowly(hashed: str | None, key: str, most_bytes: int) -> bool:
        change(app, User, identity, key_hash=hashing.hash_key("another key in the meantime"))
        return verify(hashed, key, most_bytes)

    monkeypatch.setattr(hashing, "verify_key", slowly)
    with app.app_context(), pytest.raises(accounts.Refused):
        accounts.log_in(ann.email, ann.key, False, "")
