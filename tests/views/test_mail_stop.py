"""Mail is stopped by one click, or by a button, without a log-in (RFC 8058)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.models import MailStop, OutboxItem
from minimaluser.rules import rules
from minimaluser.security import bulletins
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, snapshot, user_of
from minimaluser.testing.patterns import HTMX
from tests.views.bulletins import AGAIN, NEWS, ONE_CLICK, STOP, click, link, news, stopped


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_stops_it_without_a_cookie_or_a_token(app: Flask, ann: Person, kind: str) -> None:
    address = link(app, ann)
    answer = click(app, address, content_type=kind, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200  # a program follows no redirect
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert stopped(app) == ["club/news"]
    before = count(app, OutboxItem, *NEWS)
    assert news(app, ann.email) == before
    assert click(app, address).status_code == 200  # again is no mistake
    assert stopped(app) == ["club/news"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"data": {}, "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"data": {"List-Unsubscribe": "Yes"}}, 400),
        ({"data": "{}", "content_type": "application/json"}, 415),
        ({"data": {**ONE_CLICK, "x": "x" * 70_000}}, 413),
    ],
)
def test_what_is_not_one_click_stops_nothing(
    app: Flask, ann: Person, more: dict[str, Any], status: int
) -> None:
    assert click(app, link(app, ann), **more).status_code == status
    assert stopped(app) == []


def test_one_click_is_done_by_nobody_who_is_logged_in(app: Flask, ann: Person, ben: Person) -> None:
    """The cookie of a browser does nothing here: the token alone says whose mail it is."""
    ben.confirm()
    address = link(app, ann)
    assert ben.client.post(address, data=ONE_CLICK).status_code == 200
    (row,) = rows_of(app, MailStop)
    assert row.user_id == user_of(app, ann.email).id


@pytest.mark.parametrize("who", ["eve", "ann"])
def test_CS2_opening_the_link_changes_nothing_and_shows_one_button(
    app: Flask, eve: Person, ann: Person, who: str
) -> None:
    person, address = {"eve": eve, "ann": ann}[who], link(app, ann)
    before = snapshot(app, without=("session.seen_at",))
    for method in ("GET", "HEAD", "OPTIONS"):
        for headers in ({}, HTMX):
            answer = person.client.open(address, method=method, headers=headers)
            assert answer.status_code == 200
    page = person.get(address).text
    assert STOP in page
    assert AGAIN not in page
    assert "News of the club" in page
    assert ann.email not in page or who == "ann"
    assert snapshot(app, without=("session.seen_at",)) == before


def test_the_button_stops_it_and_another_one_has_it_sent_again(
    app: Flask, ann: Person, eve: Person
) -> None:
    address = link(app, ann)
    answer = eve.post(address + "/stop")
    assert (answer.status_code, answer.location) == (303, address)
    page = eve.get(address).text
    assert "We send you no more of it." in page
    assert AGAIN in page
    assert STOP not in page
    assert stopped(app) == ["club/news"]
    before = count(app, OutboxItem, *NEWS)
    assert news(app, ann.email) == before
    assert eve.post(address + "/again").location == address
    assert STOP in eve.get(address).text
    assert stopped(app) == []
    assert news(app, ann.email) == before + 1


def test_with_htmx_the_row_is_answered(app: Flask, ann: Person, eve: Person) -> None:
    address = link(app, ann)
    answer = eve.post(address + "/stop", htmx=True)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert AGAIN in answer.text
    assert 'hx-target="#toasts"' in answer.text
    assert STOP in eve.post(address + "/again", htmx=True).text


@pytest.mark.parametrize("verb", ["stop", "again"])
def test_CS1_the_buttons_of_the_page_want_its_token(app: Flask, ann: Person, verb: str) -> None:
    address = f"{link(app, ann)}/{verb}"
    assert click(app, address).status_code == 403
    assert stopped(app) == []


@pytest.mark.parametrize("way", ["get", "click", "stop", "again"])
@pytest.mark.parametrize("token", ["x", "other purpose", "cut", "another kind", "too old"])
def test_TK1_only_a_token_of_ours_for_this_is_good(
    app: Flask, ann: Person, eve: Person, clock: time_machine.Traveller, token: str, way: str
) -> None:
    address = link(app, ann)
    if token == "x":
        address = "/mail/x"
    elif token == "other purpose":
        ann.ask_to_move("ann@new.example")
        address = "/mail/" + ann.link("/email/undo/").rpartition("/")[2]
    elif token == "cut":
        address = address[:-1]
    elif token == "another kind":
        with app.app_context():
            made = bulletins.token(user_of(app, ann.email).id, "gone/news")
        address = f"/mail/{made}"
    else:
        clock.shift(rules.stop_mail + timedelta(minutes=1))
    if way == "get":
        answer = eve.get(address)
    elif way == "click":
        answer = click(app, address)
    else:
        answer = eve.post(f"{address}/{way}")
    if token == "another kind" and way == "click":
        assert answer.status_code == 200  # mail of a part that was taken out may be stopped
        assert stopped(app) == ["gone/news"]
        return
    assert answer.status_code == 400
    assert "no longer works" in answer.text
    assert "club/news" not in stopped(app)


def test_RL1_guessing_is_limited(app: Flask, ann: Person, eve: Person) -> None:
    change_settings(app, rate_limit_crowd=1)
    ((most, _),) = rules.limits["link"]["network"]
    statuses = {eve.client.post("/mail/x", data=ONE_CLICK).status_code for _ in range(most)}
    assert statuses == {400}
    assert eve.client.post("/mail/x", data=ONE_CLICK).status_code == 429
    good = eve.client.post(link(app, ann), data=ONE_CLICK)
    assert good.status_code == 200  # what we have signed is counted for its owner


def test_RL1_one_person_s_mail_is_not_stopped_for_ever(app: Flask, ann: Person) -> None:
    address, ((most, _),) = link(app, ann), rules.limits["stop-mail"]["account"]
    assert {click(app, address).status_code for _ in range(most)} == {200}
    assert click(app, address).status_code == 429


@pytest.mark.parametrize("gone", ["closed", "for good"])
def test_a_link_of_who_has_left_looks_as_though_they_had_stopped_it(
    app: Flask, ann: Person, eve: Person, clock: time_machine.Traveller, gone: str
) -> None:
    address = link(app, ann)
    ann.leave()
    if gone == "for good":
        clock.shift(rules.undo_closing + timedelta(minutes=1))
        with app.app_context():
            accounts.purge()
    before = snapshot(app)
    assert AGAIN in eve.get(address).text
    assert click(app, address).status_code == 200
    for verb in ("stop", "again"):
        assert eve.post(f"{address}/{verb}").status_code == 303
        assert AGAIN in eve.get(address).text
    assert snapshot(app) == before
