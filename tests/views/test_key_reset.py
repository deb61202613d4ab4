"""A forgotten key: two steps."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.testing.answers import (
    assert_form_comes_back,
    assert_fragment_is_part_of_page,
    errors_in,
    plain,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot
from minimaluser.testing.patterns import CODE
from minimaluser.testing.people import NEW_KEY


def test_the_fragment_of_the_second_step_is_a_part_of_the_page(eve: Person) -> None:
    assert_fragment_is_part_of_page(eve, eve.ask_for_code()[0])


def test_whoever_is_logged_in_is_led_back_to_the_profile(ann: Person, eve: Person) -> None:
    to_log_in, to_profile = "Back to the log-in page", "Back to your profile"
    for who, said, other in ((eve, to_log_in, to_profile), (ann, to_profile, to_log_in)):
        page = who.get("/forgot-key").text
        assert said in page
        assert other not in page


@pytest.mark.parametrize("htmx", [False, True])
def test_both_steps_work(app: Flask, ann: Person, htmx: bool) -> None:
    phone = ann.elsewhere()
    asked = phone.post("/forgot-key", {"email": ann.email}, htmx=htmx)
    address = asked.headers["HX-Redirect"] if htmx else asked.location
    assert address.startswith("/reset-key/")
    assert "a mail with a code is on its way" in phone.get(address).text
    code = ann.mailed(CODE)
    form = {"code": code, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    answer = phone.post(address, form, htmx=htmx)
    assert (answer.headers["HX-Redirect"] if htmx else answer.location) == "/login"
    assert phone.log_in(NEW_KEY).status_code == 303


def test_TK8_the_answer_is_the_same_whether_or_not_the_address_is_known(
    app: Flask, ann: Person
) -> None:
    answers = []
    for email in (ann.email, "ben@example.org", "who@example.org"):
        browser = Person(app, email)
        browser.get("/forgot-key")
        answer = browser.post("/forgot-key", {"email": email}, htmx=True)
        address = answer.headers["HX-Redirect"]
        page = browser.get(address).text.replace(address, "…")
        names = sorted(answer.headers.keys())
        cookies = [re.sub("=[^;]*", "=…", c, count=1) for c in answer.headers.getlist("Set-Cookie")]
        answers.append((answer.status_code, answer.data, names, cookies, len(address), plain(page)))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("htmx", [False, True])
def test_an_invalid_address_brings_the_form_back(app: Flask, eve: Person, htmx: bool) -> None:
    before = snapshot(app)
    assert_form_comes_back(eve.post("/forgot-key", {"email": "eve@"}, htmx=htmx), "eve@")
    assert snapshot(app) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "000"}, "6 digits"),
        ({"new_key": "short", "confirm_key": "short"}, "at least 15"),
        ({"confirm_key": "another"}, "not the same"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_bad_second_step_brings_the_form_back(
    ann: Person, changed: dict[str, str], said: str, htmx: bool
) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    form = {"code": code, "new_key": NEW_KEY, "confirm_key": NEW_KEY} | changed
    answer = phone.post(address, form, htmx=htmx)
    assert_form_comes_back(answer, form["code"])
    assert said in errors_in(answer)[0]
    assert form["new_key"] not in answer.text


def test_TK3_a_code_used_twice_brings_the_form_back(ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    phone.use_code(address, code, NEW_KEY)
    answer = phone.use_code(address, code, NEW_KEY)
    assert answer.status_code == 422
    assert "not right, or no longer good" in errors_in(answer)[0]


def test_the_address_of_a_user_who_is_logged_in_is_filled_in(ann: Person) -> None:
    assert f'value="{ann.email}"' in ann.get("/forgot-key").text


def test_TK8_nothing_in_the_answer_logs_anybody_in(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.ask_for_code()
    assert not phone.is_logged_in
