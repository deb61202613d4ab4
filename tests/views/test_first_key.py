"""Replacing the key that came by mail (CR2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, user_of
from minimaluser.testing.patterns import SHOWN_KEY

PATH = "/profile/first-key"


def test_CR2_a_log_in_with_a_first_key_asks_for_another(ben: Person, ann: Person) -> None:
    phone, notice = ben.elsewhere(), 'id="first-key-notice"'
    assert notice not in ben.get("/profile").text  # signing up is not a log-in with the key
    phone.log_in()
    for path in ("/", "/about", "/profile"):
        assert notice in phone.get(path).text
    page = phone.get(PATH).text
    assert notice not in page
    assert "Choose my own key" in page
    assert "Show me a new key once</button>" in page
    assert "not again after a reload" in page
    phone.post(PATH)
    assert notice not in phone.get("/").text
    laptop = ann.logged_in_elsewhere()
    assert notice not in laptop.get("/").text


def test_SE7_after_a_mere_sign_up_sensitive_actions_ask_for_the_first_key(
    app: Flask, eve: Person
) -> None:
    eve.post("/signup", {"email": eve.email})
    before = snapshot(app)
    assert eve.post(PATH).location.startswith("/key-entry")
    assert eve.get("/profile/export").location.startswith("/key-entry")
    assert eve.post("/profile/sessions").location.startswith("/key-entry")
    assert eve.post("/profile/email", {"email": "x@new.example"}).status_code == 422
    assert eve.post("/profile/delete", {"current_key": ""}).status_code == 422
    assert {**snapshot(app), "session": []} == {**before, "session": []}


@pytest.mark.parametrize("htmx", [False, True])
def test_CR2_a_new_key_is_shown_once_and_never_mailed(app: Flask, ben: Person, htmx: bool) -> None:
    other, old = ben.elsewhere(), ben.key
    ben.enter_key()  # signing up does not count as entering the key
    other.log_in()
    answer = ben.post(PATH, htmx=htmx)
    assert answer.status_code == 200
    assert ("<html" in answer.text) is not htmx
    assert answer.headers["Cache-Control"] == "no-store"
    found = SHOWN_KEY.search(answer.text)
    assert found
    assert found[1] not in repr(ben.mails())
    assert "Confirm your email" in ben.mails()[0].subject
    assert ben.is_logged_in
    assert not other.is_logged_in
    assert ben.elsewhere().log_in(old).status_code == 422
    assert ben.elsewhere().log_in(found[1]).status_code == 303
    assert not user_of(app, ben.email).key_is_first
    for again in (ben.get(PATH, htmx=htmx), ben.open(ben.post(PATH).location or "")):
        assert again.status_code == 200
        assert not SHOWN_KEY.search(again.text)
        assert "cannot show it again" in again.text
        assert 'action="/forgot-key"' in again.text


def test_CR2_the_new_key_still_works_after_seven_days(
    ben: Person, clock: time_machine.Traveller
) -> None:
    key = SHOWN_KEY.search(ben.post(PATH).text)[1]
    ben.confirm()
    clock.shift(timedelta(days=30))
    assert ben.log_in(key).status_code == 303


def test_CR2_a_chosen_key_is_not_replaced(app: Flask, ann: Person) -> None:
    before = user_of(app, ann.email).key_hash
    assert ann.post(PATH).location == PATH
    assert user_of(app, ann.email).key_hash == before


def test_CR2_the_profile_links_to_it(ann: Person, ben: Person) -> None:
    assert f'href="{PATH}"' in ben.get("/profile").text
    assert f'href="{PATH}"' not in ann.get("/profile").text
