"""No limit tells a stranger who has an account (EN3), and none costs much (CR8)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser.lib import hashing, strength
from minimaluser.rules import DAY, MINUTE, rules
from minimaluser.settings import ROOT
from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY
from tests.accounts.counting import at, sign_up, wrong_key, wrong_log_in

SEEN = {"Content-Type", "Retry-After", "Cache-Control", "Clear-Site-Data"}
REFERENCE = re.compile(r"[0-9a-f]{16,}")  # of the request, in what an error page says


def test_CR8_no_key_is_hashed_once_the_limit_is_reached(
    counted: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = ann.elsewhere()
    for _ in range(10):
        wrong_log_in(phone)
    monkeypatch.setattr(hashing, "verify_key", lambda *_: pytest.fail("hashed"))
    assert wrong_log_in(phone).status_code == 429
    assert wrong_log_in(phone.elsewhere()).status_code == 429


def test_CR8_no_key_is_hashed_for_a_sign_up_or_key_entry_above_the_limit(
    counted: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger, phone = Person(counted, "x"), ann.elsewhere()
    phone.log_in()
    for person in (ann, ann, ann, phone, phone):  # five in one session end it
        assert wrong_key(person).status_code == 422
        assert sign_up(stranger).status_code == 303
    for name in ("verify_key", "hash_key"):
        monkeypatch.setattr(hashing, name, lambda *_: pytest.fail("hashed"))
    assert sign_up(stranger).status_code == 429
    assert wrong_key(ann).status_code == 429


def test_EN3_a_new_row_of_wrong_keys_does_not_reveal_that_the_owner_logged_in(
    counted: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((3, 30 * DAY),)})
    phone = ann.logged_in_elsewhere()
    phone.log_out()
    known, unknown = Person(counted, ann.email), Person(counted, "nobody@example.org")
    for number in range(6):
        if number == 2:
            assert phone.log_in().status_code == 303
        one, other = wrong_log_in(known), wrong_log_in(unknown)
        assert one.status_code == other.status_code == 422


def test_EN3_an_address_nobody_has_is_limited_just_the_same(counted: Flask, ann: Person) -> None:
    known, unknown = Person(counted, ann.email), Person(counted, "nobody@example.org")
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
    counted: Flask, ann: Person, clock: time_machine.Traveller, htmx: bool
) -> None:
    answers: dict[str, list[Any]] = {}
    for email in (ann.email, "nobody@example.org"):
        for number in range(8):
            stranger = at(Person(counted, email), f"203.0.113.{number}")
            answer = stranger.post("/forgot-key", {"email": email}, htmx=htmx)
            headers = {name: value for name, value in answer.headers if name in SEEN}
            text = REFERENCE.sub("", answer.text) if answer.status_code == 429 else ""
            answers.setdefault(email, []).append((answer.status_code, headers, text))
    assert answers[ann.email] == answers["nobody@example.org"]
    sent = [mail for mail in ann.mails() if "code" in mail.subject.lower()]
    statuses = [status for status, *_ in answers[ann.email]]
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


@pytest.mark.parametrize("who", ["guest", "ann"])
@pytest.mark.parametrize(
    "path", ["/check/reset-key/new_key", "/check/key/new_key", "/reset-key/x.y.z", "/profile/key"]
)
def test_CR8_no_key_is_rated_after_too_many_field_checks_from_a_network(
    counted: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch, who: str, path: str
) -> None:
    monkeypatch.setitem(rules.limits, "field-check", {"network": ((3, MINUTE),)})
    person = ann if who == "ann" else Person(counted, "x")
    form = {"new_key": NEW_KEY, "confirm_key": NEW_KEY, "current_key": "x", "code": "123456"}
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
