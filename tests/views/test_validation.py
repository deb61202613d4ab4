"""Checking one field while it is being typed."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, statements

KEY = "blue kettle sings at noon"


@pytest.mark.parametrize(
    ("form", "field", "value", "said"),
    [
        ("signup", "email", "eve@", "does not look like"),
        ("signup", "email", "eve@example.org", ""),
        ("signup", "email", "ann@example.org", ""),
        ("forgot-key", "email", "eve@", "does not look like"),
        ("forgot-key", "email", "ann@example.org", ""),
        ("email", "email", "eve@", "does not look like"),
        ("nickname", "nickname", "Eve", "at least 4"),
        ("nickname", "nickname", "Eve the First", ""),
        ("key", "new_key", "short", "at least 15"),
        ("key", "new_key", KEY, ""),
        ("reset-key", "new_key", "short", "at least 15"),
        ("reset-key", "new_key", KEY, ""),
    ],
)
def test_the_response_is_only_the_error_element(
    eve: Person, form: str, field: str, value: str, said: str
) -> None:
    answer = eve.post(f"/check/{form}/{field}", {field: value}, htmx=True)
    assert answer.status_code == 200
    assert answer.text.count("<") == 2
    assert f'id="{form}-{field}-error"' in answer.text
    assert said in answer.text
    if not said:
        assert "></p>" in answer.text


def test_EN5_a_taken_nickname_is_reported_only_to_users_who_are_logged_in(
    ann: Person, eve: Person
) -> None:
    ann.post("/profile/nickname", {"nickname": "Ann the Great"})
    form = {"nickname": "ann THE great"}
    assert "></p>" in ann.post("/check/nickname/nickname", form, htmx=True).text
    assert "></p>" in eve.post("/check/nickname/nickname", form, htmx=True).text


def test_EN5_a_nickname_that_is_taken_is_reported(ann: Person, ben: Person) -> None:
    ann.post("/profile/nickname", {"nickname": "Ann the Great"})
    answer = ben.post("/check/nickname/nickname", {"nickname": "ann THE great"}, htmx=True)
    assert "Somebody has this nickname" in answer.text


def test_CR5_a_key_built_on_the_user_s_address_is_refused(ann: Person) -> None:
    form = {"new_key": "ann@example.org ann@example.org"}
    assert "built on" in ann.post("/check/key/new_key", form, htmx=True).text


@pytest.mark.parametrize(
    "path",
    [
        "signup/nothing",
        "signup/csrf_token",
        "signup/live_email",
        "login/email",
        "login/key",
        "nothing/email",
        "key/current_key",
        "closing/current_key",
        "signup/__class__",
        "é/é",
    ],
)
def test_nothing_else_can_be_checked(ann: Person, path: str) -> None:
    assert ann.post(f"/check/{path}", {"email": "x", "key": ann.key}).status_code == 404


def test_a_check_writes_nothing(app: Flask, ann: Person) -> None:
    before = snapshot(app)
    with statements(app) as seen:
        token = ann.token()
        ann.post("/check/nickname/nickname", {"nickname": "Ann the Great"}, htmx=True, token=token)
    assert snapshot(app) == before
    assert not [sql for sql in seen if not sql.startswith(("SELECT", "BEGIN", "INSERT INTO hit "))]


def test_CS6_user_input_is_not_in_the_response(eve: Person) -> None:
    answer = eve.post("/check/signup/email", {"email": "<script>@"}, htmx=True)
    assert "script" not in answer.text
