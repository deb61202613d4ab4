"""The nickname on the profile."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.testing.answers import (
    assert_form_comes_back,
    errors_in,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, user_of

PATH = "/profile/nickname"
NOTICE = re.compile(r'id="confirm-notice">\s*<img[^>]*src="([^"]*)"[^>]*>\s*<div>\s*<h2>(.*?)</h2>')


def test_the_form_shows_the_present_nickname(app: Flask, ann: Person) -> None:
    assert f'value="{user_of(app, ann.email).nickname}"' in ann.get(PATH, htmx=True).text


def test_it_works_without_htmx(ann: Person) -> None:
    answer = ann.post(PATH, {"nickname": "Ann the Great"})
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = ann.get("/profile").text
    assert "Your nickname is changed" in page
    assert "Ann the Great" in page


def test_with_htmx_row_menu_and_toast_come_without_a_page(ann: Person) -> None:
    answer = ann.post(PATH, {"nickname": "Ann the Great"}, htmx=True)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    row, menu, toast = answer.text.split("<hx-partial ")
    assert 'id="row-nickname"' in row
    assert "Ann the Great" in row
    assert menu.startswith('hx-target="#user-menu" hx-swap="outerHTML">')
    assert "Ann the Great" in menu
    assert "Your nickname is changed" in toast


@pytest.mark.parametrize(
    ("path", "form"),
    [(PATH, {"nickname": "Ben the Great"}), ("/profile/tile", {"seed": "0123456789abcdef"})],
)
def test_the_notice_of_an_unconfirmed_user_changes_with_the_row(
    ben: Person, path: str, form: dict[str, str]
) -> None:
    before = NOTICE.findall(ben.get("/profile").text)
    answer = ben.post(path, form, htmx=True)
    assert '<hx-partial hx-target="#confirm-notice" hx-swap="outerHTML">' in answer.text
    after = NOTICE.findall(answer.text)
    assert after == NOTICE.findall(ben.get("/profile").text) != before


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("typed", "said"), [("Ann", "at least 4"), ("n" * 41, "at most 40")])
def test_a_bad_nickname_brings_the_form_back(
    app: Flask, ann: Person, typed: str, said: str, htmx: bool
) -> None:
    before = snapshot(app)
    answer = ann.post(PATH, {"nickname": typed}, htmx=htmx)
    assert_form_comes_back(answer, typed)
    assert ("<html" in answer.text) is not htmx
    assert said in errors_in(answer)[0]
    assert snapshot(app) == before


def test_a_taken_nickname_brings_the_form_back(app: Flask, ann: Person) -> None:
    bens = user_of(app, "ben@example.org").nickname
    answer = ann.post(PATH, {"nickname": bens.upper()}, htmx=True)
    assert_form_comes_back(answer, bens.upper())
    assert "Somebody has this nickname" in errors_in(answer)[0]


def test_a_refused_nickname_does_not_appear_in_the_menu(app: Flask, ann: Person) -> None:
    answer = ann.post(PATH, {"nickname": "n" * 41})
    mine = user_of(app, ann.email).nickname
    menu = answer.text.partition('id="user-menu"')[2].partition("</div>")[0]
    assert mine in menu
    assert "n" * 41 not in menu


def test_AZ5_more_fields_are_ignored(app: Flask, ann: Person, ben: Person) -> None:
    more = {
        "user_id": "1",
        "id": "1",
        "confirmed_at": "",
        "email": "x@example.org",
        "key_hash": "x",
    }
    ben.post(PATH, {"nickname": "Ben the Great", "is_confirmed": "1", **more})
    user = user_of(app, ben.email)
    assert user.nickname == "Ben the Great"
    assert not user.is_confirmed
    assert user_of(app, ann.email).nickname != "Ben the Great"
