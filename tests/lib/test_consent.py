"""The cookie choice (PR3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from minimaluser.lib import consent

OLD, NEW = "o" * 40, "n" * 40
HALF_A_YEAR = timedelta(days=182)
CHOSEN_AT = datetime(2027, 1, 1, tzinfo=UTC)
NONE_YET = consent.Consent(made=False, analysis=False)


def read(value: str, *, secrets: tuple[str, ...] = (NEW,), version: str = "1") -> consent.Consent:
    return consent.read(secrets, version, value, HALF_A_YEAR)


@pytest.mark.parametrize("analysis", [True, False])
def test_a_choice_is_read_as_it_was_made(analysis: bool) -> None:
    value = consent.write([NEW], "1", analysis)
    assert read(value) == consent.Consent(made=True, analysis=analysis)


def test_PR3_a_choice_for_another_policy_is_none() -> None:
    assert read(consent.write([NEW], "1", True), version="2") == NONE_YET


@pytest.mark.parametrize(("days", "made"), [(0, True), (181, True), (183, False)])
def test_PR3_a_choice_is_good_for_half_a_year(days: int, made: bool) -> None:
    with time_machine.travel(CHOSEN_AT, tick=False):
        value = consent.write([NEW], "1", True)
    with time_machine.travel(CHOSEN_AT + timedelta(days=days), tick=False):
        assert read(value).made is made


def test_a_choice_survives_a_rotation_of_the_secret() -> None:
    assert read(consent.write([OLD], "1", True), secrets=(NEW, OLD)).analysis
    assert read(consent.write([NEW, OLD], "1", True)).analysis


def test_a_choice_under_a_foreign_secret_is_none() -> None:
    assert read(consent.write([OLD], "1", True)) == NONE_YET


def test_a_signed_value_of_another_kind_is_none() -> None:
    other_salt = URLSafeTimedSerializer(NEW, salt="other")
    same_salt = URLSafeTimedSerializer(NEW, salt="consent")
    assert read(str(other_salt.dumps({"version": "1", "analysis": True}))) == NONE_YET
    values: tuple[Any, ...] = ([], "1", 7, None, {"version": ["1"]}, {})
    for value in values:
        assert read(str(same_salt.dumps(value))) == NONE_YET


def test_only_true_is_an_agreement() -> None:
    serializer = URLSafeTimedSerializer(NEW, salt="consent")
    for value in (1, "true", [True], None):
        found = read(str(serializer.dumps({"version": "1", "analysis": value})))
        assert found == consent.Consent(made=True, analysis=False)


@given(st.text())
def test_any_text_is_no_choice(text: str) -> None:
    assert read(text) == NONE_YET
