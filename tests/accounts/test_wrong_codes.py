"""Wrong codes: how many burn one, how many stop all of an account (TK10, TK12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.testing.answers import errors_in
from minimaluser.testing.client import Person
from minimaluser.testing.database import statements
from minimaluser.testing.people import NEW_KEY
from minimaluser.testing.sites import Site
from tests.accounts.forgotten import NEWER, by_link, reset_link, wrong


@pytest.mark.parametrize(("wrong_tries", "status"), [(4, 303), (5, 422)])
def test_TK10_five_wrong_tries_burn_a_code(ann: Person, wrong_tries: int, status: int) -> None:
    address, code = ann.ask_for_code()
    for _ in range(wrong_tries):
        assert ann.use_code(address, wrong(code), NEW_KEY).status_code == 422
    assert ann.use_code(address, code, NEW_KEY).status_code == status


def try_wrong_codes(person: Person, number: int) -> None:
    """Try so many wrong codes, five of each flow."""
    for each in range(number):
        if each % 5 == 0:
            address, code = person.ask_for_code()
        assert person.use_code(address, wrong(code), NEW_KEY).status_code == 422


@pytest.mark.usefixtures("no_limits")
@pytest.mark.parametrize(
    ("wrong_tries", "whose", "after", "status"),
    [
        (24, "ann", MINUTE, 303),
        (25, "ann", MINUTE, 422),
        (25, "ann", DAY + MINUTE, 303),
        (25, "ben", MINUTE, 303),
    ],
)
def test_TK12_after_25_wrong_codes_in_a_day_no_code_of_the_account_works(
    site: Site,
    app: Flask,
    clock: time_machine.Traveller,
    wrong_tries: int,
    whose: str,
    after: timedelta,
    status: int,
) -> None:
    try_wrong_codes(site.person(app, "ann"), wrong_tries)
    clock.shift(after)
    person = site.person(app, whose)
    assert person.use_code(*person.ask_for_code(), NEW_KEY).status_code == status


def test_TK12_TK9_the_link_works_when_the_code_is_burnt(ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    for _ in range(6):
        phone.use_code(address, wrong(code), NEW_KEY)
    assert phone.use_code(address, code, NEW_KEY).status_code == 422
    assert by_link(phone, reset_link(ann)) == 303


@pytest.fixture
def limited_in_a_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is counted but wrong codes in a row."""
    in_a_row = {"wrong-codes": rules.limits["wrong-codes"]}
    monkeypatch.setattr(rules, "limits", {name: {} for name in rules.limits} | in_a_row)


@pytest.mark.parametrize(("wrong_ones", "status"), [(49, 303), (50, 422)])
@pytest.mark.usefixtures("limited_in_a_row_only")
def test_TK12_after_fifty_wrong_codes_in_a_row_only_the_link_works_until_a_success(
    ann: Person, clock: time_machine.Traveller, wrong_ones: int, status: int
) -> None:
    for left in range(wrong_ones, 0, -5):
        clock.shift(5 * HOUR)  # 25 in a day are not exceeded
        try_wrong_codes(ann, min(left, 5))
    clock.shift(DAY)
    phone = ann.elsewhere()
    flow = phone.ask_for_code()
    answer = phone.use_code(*flow, NEW_KEY)
    assert answer.status_code == status
    if status == 422:
        assert "use the link in the same mail" in errors_in(answer)[0]
        assert by_link(ann.elsewhere(), reset_link(ann)) == 303
        assert phone.use_code(*phone.ask_for_code(), NEWER).status_code == 303


@pytest.mark.usefixtures("limited_in_a_row_only")
def test_TK12_a_code_that_is_not_tried_does_not_count_in_the_row(ann: Person) -> None:
    """Otherwise a stranger with one code could block the owner's codes in an hour."""
    stranger, phone = ann.elsewhere(), ann.elsewhere()
    address, code = stranger.ask_for_code()
    for _ in range(55):
        stranger.use_code(address, wrong(code), NEW_KEY)
    assert phone.use_code(*phone.ask_for_code(), NEW_KEY).status_code == 303


def test_TK12_EN1_a_wrong_code_reads_and_costs_the_same_for_every_address(
    app: Flask, ann: Person
) -> None:
    seen = []
    for email in (ann.email, "nobody@example.org"):
        stranger = Person(app, email)
        address, _ = stranger.ask_for_code()
        stranger.get(address)
        with statements(app) as done:
            answer = stranger.use_code(address, "000000", NEW_KEY)
        seen.append((answer.status_code, errors_in(answer), [s.partition("(")[0] for s in done]))
    assert seen[0] == seen[1]
