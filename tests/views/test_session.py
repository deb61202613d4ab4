"""Logging in and out."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.settings import settings_of
from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of
from minimaluser.testing.patterns import HTMX
from tests.lib.test_text import OUTSIDE

ASKING = {**HTMX, "X-Ask": "true"}


def test_it_works_without_htmx(ann: Person) -> None:
    phone = ann.elsewhere()
    answer = phone.log_in()
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Welcome back" in phone.get("/").text


def test_it_works_with_htmx(ann: Person) -> None:
    phone = ann.elsewhere()
    form = {"email": ann.email, "key": ann.key, "next": "/profile"}
    answer = phone.post("/login", form, htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/profile")
    assert phone.is_logged_in


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_key_brings_the_form_back_without_the_key(ann: Person, htmx: bool) -> None:
    typed = {"email": ann.email, "key": "a wrong key", "keep": "y", "next": "/club/"}
    answer = ann.elsewhere().post("/login", typed, htmx=htmx)
    assert_form_comes_back(answer, ann.email, "/club/")
    assert "a wrong key" not in answer.text
    assert "checked" in answer.text
    assert "We do not know this email and access key together" in errors_in(answer)[0]


@pytest.mark.parametrize(
    "form", [{}, {"email": "ann@example.org"}, {"key": "x"}, {"email": "", "key": ""}]
)
def test_a_missing_value_is_asked_for(eve: Person, form: dict[str, str]) -> None:
    answer = eve.post("/login", form, htmx=True)
    assert answer.status_code == 422
    assert "Please enter your" in errors_in(answer)[0]


def test_a_user_who_is_logged_in_is_sent_to_the_profile(ann: Person) -> None:
    assert ann.get("/login").location == "/profile"
    assert ann.log_in().location == "/profile"


@pytest.mark.parametrize("wanted", ["/club/", "/profile/nickname", "/club/1?y=z"])
def test_a_stranger_comes_back_to_the_page_asked_for(ann: Person, wanted: str) -> None:
    phone = ann.elsewhere()
    page = phone.get("/login", query_string={"next": wanted}).text
    assert f'value="{wanted}"' in page
    assert phone.log_in(next=wanted).location == wanted


@pytest.mark.parametrize("address", OUTSIDE)
def test_AZ4_next_leads_nowhere_else(ann: Person, address: str) -> None:
    phone = ann.elsewhere()
    page = phone.get("/login", query_string={"next": address})
    assert page.status_code == 200
    assert "evil" not in page.text
    assert phone.log_in(next=address).location == "/"


def test_AZ4_a_whole_round_trip(ann: Person) -> None:
    phone = ann.elsewhere()
    answer = phone.get("/club/?page=2&x=%2F")
    assert answer.status_code == 303
    next_page = phone.get(answer.location)
    assert 'value="/club/?page=2&amp;x=%2F"' in next_page.text


GREETING, REASON = "Good to see you again", "Log in to see the page you asked for"
HAS_ENDED, BACK = "Your session has ended", "you come back to where you were"


def test_whoever_is_sent_to_log_in_reads_why(eve: Person) -> None:
    page = eve.get(eve.get("/profile").location).text
    assert REASON in page
    assert GREETING not in page
    again = eve.post("/login", {"email": "x@example.org", "key": "x", "next": "/profile"})
    assert (again.status_code, REASON in again.text) == (422, True)


@pytest.mark.parametrize("path", ["/login", "/login?next=/", "/login?next=//evil.example"])
def test_whoever_comes_to_log_in_without_a_page_is_only_greeted(eve: Person, path: str) -> None:
    page = eve.get(path).text
    assert GREETING in page
    assert "next=" not in page


def test_whoever_was_logged_in_reads_that_the_session_has_ended(ann: Person) -> None:
    ann.logged_in_elsewhere().choose_key("nine green lamps by the sea")
    page = ann.get(ann.get("/profile").location).text
    assert HAS_ENDED in page
    assert BACK in page
    page = ann.get("/login").text
    assert HAS_ENDED in page
    assert BACK not in page


def test_whoever_has_logged_out_is_not_told_that_the_session_has_ended(ann: Person) -> None:
    ann.log_out()
    assert HAS_ENDED not in ann.get("/login").text


def test_the_way_back_goes_with_whoever_signs_up_instead(eve: Person) -> None:
    wanted = "/club/1?y=z"
    kept = "next=/club/1?y%3Dz"
    assert f'href="/signup?{kept}"' in eve.get("/login", query_string={"next": wanted}).text
    page = eve.get("/signup", query_string={"next": wanted}).text
    assert f'href="/login?{kept}"' in page
    assert f'value="{wanted}"' in page
    refused = eve.post("/signup", {"email": "eve", "next": wanted})
    assert f'href="/login?{kept}"' in refused.text
    assert eve.post("/signup", {"email": eve.email, "next": wanted}).location == wanted


def test_whoever_signs_up_for_a_page_for_confirmed_ones_is_told_once(eve: Person) -> None:
    wanted = eve.post("/signup", {"email": eve.email, "next": "/club/"}).location
    page = eve.get(eve.get(wanted).location).text
    assert "We have sent you a mail" in page
    assert "Please confirm your email address first" not in page


@pytest.mark.parametrize("address", OUTSIDE)
def test_AZ4_a_sign_up_leads_nowhere_else(eve: Person, address: str) -> None:
    page = eve.get("/signup", query_string={"next": address})
    assert page.status_code == 200
    assert "evil" not in page.text
    answer = eve.post("/signup", {"email": eve.email, "next": address})
    assert answer.location == "/profile"


@pytest.mark.parametrize(("keep", "lasts"), [({}, False), ({"keep": "y"}, True)])
def test_SE4_the_cookie_outlives_the_browser_only_if_the_user_wants_that(
    ann: Person, keep: dict[str, str], lasts: bool
) -> None:
    phone = ann.elsewhere()
    phone.log_in(**keep)
    assert (phone.client.get_cookie("mu_session").expires is not None) is lasts


# --- out


@pytest.mark.parametrize("htmx", [False, True])
def test_SE5_logging_out_ends_the_session(ann: Person, htmx: bool) -> None:
    answer = ann.post("/logout", htmx=htmx)
    if htmx:
        assert answer.headers["HX-Redirect"] == "/"
    else:
        assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not ann.is_logged_in
    assert "You are logged out" in ann.get("/login").text or htmx


def test_logging_out_twice_does_no_harm(ann: Person) -> None:
    assert ann.post("/logout").status_code == 303
    assert ann.post("/logout").status_code == 303


def test_CS2_logging_out_is_never_a_get(ann: Person) -> None:
    assert ann.get("/logout").status_code == 405
    assert ann.is_logged_in


def test_AZ5_the_log_in_takes_nothing_but_its_fields(app: Flask, ben: Person) -> None:
    phone, anns = ben.elsewhere(), str(user_of(app, "ann@example.org").id)
    phone.log_in(user_id=anns, is_confirmed="1", email_key="ann@example.org", _user_id=anns)
    assert ben.email in phone.get("/profile").text
    assert phone.get("/club/").status_code == 303


def test_the_dialog_over_another_page_gets_a_log_in_form_with_a_heading(eve: Person) -> None:
    answer = eve.client.get("/login", headers=ASKING)
    assert 'id="ask-title"' in answer.text
    assert 'id="login-form"' in answer.text
    assert "<html" not in answer.text


def test_CS3_a_log_in_over_a_page_renews_its_token_and_leaves_the_page_in_place(
    ann: Person,
) -> None:
    phone = ann.elsewhere()
    headers = {**ASKING, "X-User": mark_on(ann)}
    form = {"email": ann.email, "key": ann.key, "csrf_token": phone.token()}
    answer = phone.client.post("/login", data=form, headers=headers)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "HX-Redirect" not in answer.headers
    token = answer.headers["X-CSRF-Token"]
    again = phone.post("/profile/nickname", {"nickname": "Ann the Great"}, token=token, htmx=True)
    assert again.status_code == 200
    assert phone.client.get("/login", headers=headers).status_code == 204


def test_a_log_in_of_another_user_over_a_page_reloads_it(ann: Person, ben: Person) -> None:
    phone = ben.elsewhere()
    form = {"email": ben.email, "key": ben.key, "csrf_token": phone.token()}
    answer = phone.client.post("/login", data=form, headers={**ASKING, "X-User": mark_on(ann)})
    assert answer.headers["HX-Refresh"] == "true"
    assert "X-CSRF-Token" not in answer.headers
    assert "was not sent" in phone.get("/profile").text
    stale = {"nickname": "Ann the Great", "csrf_token": "stale"}
    headers = {**HTMX, "X-User": mark_on(ann)}
    answer = phone.client.post("/profile/nickname", data=stale, headers=headers)
    assert answer.headers["HX-Refresh"] == "true"
    assert "X-CSRF-Token" not in answer.headers


def test_a_page_from_before_a_change_of_secrets_is_still_the_users_own(
    app: Flask, ann: Person
) -> None:
    headers = {**HTMX, "X-User": mark_on(ann)}
    change_settings(
        app, session_secret=("another-secret-of-32-bytes-or-so-", *settings_of(app).session_secret)
    )
    stale = {"nickname": "Ann the Great", "csrf_token": "stale"}
    answer = ann.client.post("/profile/nickname", data=stale, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["X-CSRF-Token"]


@pytest.mark.parametrize(("htmx", "event"), [(True, "left"), (False, None)])
def test_CA3_a_log_out_tells_the_other_tabs(ann: Person, htmx: bool, event: str | None) -> None:
    answer = ann.post("/logout", htmx=htmx)
    assert answer.headers.get("HX-Trigger") == event
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def mark_on(person: Person) -> str:
    found = re.search(r'data-user="([0-9a-f]{16})"', person.get("/profile").text)
    assert found
    return found[1]
