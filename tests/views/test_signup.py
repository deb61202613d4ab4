"""The page to sign up."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import snapshot, user_of
from minimaluser.testing.patterns import HTMX, KEY


def test_it_works_without_htmx(app: Flask, eve: Person) -> None:
    answer = eve.post("/signup", {"email": eve.email})
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = eve.get("/profile").text
    user = user_of(app, eve.email)
    assert user.nickname in page
    assert f"/tiles/{user.tile_name}.svg" in page
    assert "We have sent you a mail" in page
    assert "Send the mail again" in page


def test_it_works_with_htmx(eve: Person) -> None:
    answer = eve.post("/signup", {"email": eve.email}, htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/profile")
    assert eve.is_logged_in


@pytest.mark.parametrize("htmx", [False, True])
def test_an_address_with_a_slip_is_asked_about_once(app: Flask, eve: Person, htmx: bool) -> None:
    before, typed = snapshot(app), "maya@gmail.con"
    answer = eve.post("/signup", {"email": typed}, htmx=htmx)
    assert_form_comes_back(answer, typed)
    assert "Did you mean maya@gmail.com?" in errors_in(answer)[0]
    assert snapshot(app) == before
    form = {**form_of(answer), "email": typed}
    answer = eve.post("/signup", form, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert user_of(app, typed).email == typed


@pytest.mark.parametrize("typed", ["eve", "eve@", "a@b,c@d"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_bad_address_brings_the_form_back(
    app: Flask, eve: Person, typed: str, htmx: bool
) -> None:
    before = snapshot(app)
    answer = eve.post("/signup", {"email": typed}, htmx=htmx)
    assert_form_comes_back(answer, typed)
    assert ("<html" in answer.text) is not htmx
    assert "does not look like an email address" in errors_in(answer)[0]
    assert snapshot(app) == before


def test_a_taken_address_is_reported_at_its_field(eve: Person) -> None:
    answer = eve.post("/signup", {"email": "ann@example.org"}, htmx=True)
    assert_form_comes_back(answer, "ann@example.org")
    assert "There is an account with this email already" in errors_in(answer)[0]


def test_a_user_who_is_logged_in_is_sent_to_the_profile(app: Flask, ann: Person) -> None:
    assert ann.get("/signup").location == "/profile"
    before = snapshot(app)
    assert ann.post("/signup", {"email": "x@example.org"}).location == "/profile"
    answer = ann.post("/signup", {"email": "x@example.org"}, htmx=True)
    assert answer.headers["HX-Redirect"] == "/profile"
    assert snapshot(app) == before


def test_CR7_the_key_is_in_no_answer(eve: Person) -> None:
    answer = eve.client.post(
        "/signup", data={"email": eve.email, "csrf_token": eve.token()}, headers=HTMX
    )
    key = eve.mailed(KEY)
    assert key not in answer.text + str(answer.headers)
    assert key not in eve.get("/profile").text


def test_CS6_user_input_comes_back_as_text(eve: Person) -> None:
    answer = eve.post("/signup", {"email": '"><img src=x onerror=alert(1)>'}, htmx=True)
    assert "<img" not in answer.text
