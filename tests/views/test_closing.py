"""Deleting the account."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of

PATH = "/profile/delete"


def test_DL1_it_says_what_is_lost(app: Flask, ann: Person) -> None:
    form = ann.get(PATH, htmx=True).text
    assert ann.email in form
    assert user_of(app, ann.email).nickname in form
    assert "Current access key" in form
    assert "Delete my account</button>" in form
    assert "Cancel</button>" in form


@pytest.mark.parametrize("htmx", [False, True])
def test_DL1_with_the_key_everything_is_deleted(app: Flask, ann: Person, htmx: bool) -> None:
    answer = ann.post(PATH, {"current_key": ann.key}, htmx=htmx)
    assert (answer.headers["HX-Redirect"] if htmx else answer.location) == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert user_of(app, ann.email) is None
    home = ann.get("/").text
    assert "Your account is deleted" in home
    assert "Log in" in home


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("typed", "said"), [("", "Please enter your access key"), ("not my key", "not your current")]
)
def test_DL1_without_the_key_the_form_comes_back(
    app: Flask, ann: Person, typed: str, said: str, htmx: bool
) -> None:
    answer = ann.post(PATH, {"current_key": typed}, htmx=htmx)
    assert_form_comes_back(answer)
    assert said in errors_in(answer)[0]
    assert "not my key" not in answer.text
    assert user_of(app, ann.email) is not None


def test_CS2_looking_deletes_nothing(app: Flask, ann: Person) -> None:
    ann.get(PATH, query_string={"current_key": ann.key})
    assert user_of(app, ann.email) is not None
