"""The access key on the profile."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of

PATH, NEW = "/profile/key", "seven green trains at noon"


def form(ann: Person, **changed: str) -> dict[str, str]:
    return {"current_key": ann.key, "new_key": NEW, "confirm_key": NEW} | changed


def test_it_works_without_htmx(ann: Person) -> None:
    answer = ann.post(PATH, form(ann))
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert "Your access key is changed" in ann.get("/profile").text


def test_with_htmx_the_page_goes_on_with_a_new_csrf_token(ann: Person) -> None:
    old = ann.token()
    answer = ann.post(PATH, form(ann), htmx=True)
    assert answer.status_code == 200
    assert 'id="row-key"' in answer.text
    assert "<html" not in answer.text
    new = answer.headers["X-CSRF-Token"]
    assert ann.post("/profile/nickname", {"nickname": "Ann Two"}, token=old).status_code == 403
    assert ann.post("/profile/nickname", {"nickname": "Ann Two"}, token=new).status_code == 303


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"current_key": "not my key at all"}, "not your current access key"),
        ({"current_key": ""}, "Please enter your current access key"),
        ({"new_key": "short", "confirm_key": "short"}, "at least 15"),
        ({"confirm_key": "something else"}, "not the same"),
        ({"new_key": "ann@example.org ann@e", "confirm_key": "ann@example.org ann@e"}, "built on"),
    ],
)
def test_CR6_a_bad_change_brings_the_form_back_without_any_key(
    app: Flask, ann: Person, changed: dict[str, str], said: str, htmx: bool
) -> None:
    before = user_of(app, ann.email).key_hash
    typed = form(ann, **changed)
    answer = ann.post(PATH, typed, htmx=htmx)
    assert_form_comes_back(answer)
    assert ("<html" in answer.text) is not htmx
    assert said in errors_in(answer)[0]
    assert not any(f'value="{key}"' in answer.text for key in typed.values() if key)
    assert user_of(app, ann.email).key_hash == before


def test_CR9_the_fields_are_labelled_for_password_managers(ann: Person) -> None:
    html = ann.get(PATH, htmx=True).text
    assert html.count('type="password"') == 3
    assert html.count('autocomplete="current-password"') == 1
    assert html.count('autocomplete="new-password"') == 2
