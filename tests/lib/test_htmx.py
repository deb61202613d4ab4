"""Everything that knows htmx."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from flask import Flask, get_flashed_messages

from minimaluser.lib import htmx
from minimaluser.views.redirects import log_in_first

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
WHOLE = {"HX-Request": "true", "HX-Request-Type": "full"}
PLAIN: dict[str, str] = {}


@pytest.mark.parametrize(
    ("sent", "part", "by_htmx"),
    [
        (PLAIN, False, False),
        (PART, True, True),
        (WHOLE, False, True),
        ({"HX-Request": "true"}, False, True),
        ({"HX-Request": "1", "HX-Request-Type": "Partial"}, False, False),
    ],
)
def test_a_request_says_what_it_wants(
    app: Flask, sent: Mapping[str, str], part: bool, by_htmx: bool
) -> None:
    with app.test_request_context("/", headers=sent):
        assert htmx.wants_part() is part
        assert htmx.is_htmx() is by_htmx


def test_CS4_a_partial_is_rendered_for_requests_that_ask_for_one_else_the_page(app: Flask) -> None:
    around = {"code": 404, "title": "Title"}
    with app.test_request_context("/", headers=PART):
        part = htmx.render("error", "toast", 404, around=around, message="M", category="error")
    with app.test_request_context("/", headers=WHOLE):
        page = htmx.render("error", "toast", 404, around=around, message="M", category="error")
    assert part.status_code == page.status_code == 404
    assert "<html" not in part.get_data(as_text=True)
    assert "<html" in page.get_data(as_text=True)
    assert "Title" in page.get_data(as_text=True)


def test_going_on_is_a_redirect_with_a_toast(app: Flask) -> None:
    with app.test_request_context("/", headers=PLAIN):
        answer = htmx.go("/profile", "Done.", "info")
        assert get_flashed_messages(with_categories=True) == [("info", "Done.")]
    assert (answer.status_code, answer.location) == (303, "/profile")


@pytest.mark.parametrize("sent", [PART, WHOLE])
def test_going_on_by_htmx_is_a_header(app: Flask, sent: Mapping[str, str]) -> None:
    with app.test_request_context("/", headers=sent):
        answer = htmx.go("/profile")
        assert get_flashed_messages() == []
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/profile")
    assert "Location" not in answer.headers


def test_CS3_a_stranger_goes_to_the_log_in_page_and_comes_back(app: Flask) -> None:
    with app.test_request_context("/"):
        answer = log_in_first("/club/?x=1&y=2")
    assert (answer.status_code, answer.location) == (303, "/login?next=/club/?x%3D1%26y%3D2")


def test_CS3_a_stranger_by_htmx_leaves_the_fragment(app: Flask) -> None:
    with app.test_request_context("/", headers=PART):
        answer = log_in_first("/profile")
        for_good = log_in_first("/profile", in_place=False)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=/profile")
    assert answer.headers["X-Ask"] == "/login?next=/profile"
    assert answer.data == b""
    assert for_good.headers["HX-Redirect"] == "/login?next=/profile"
    assert "X-Ask" not in for_good.headers


def test_CA3_a_401_empties_the_browsers_cache(app: Flask) -> None:
    with app.test_request_context("/", headers=PART):
        assert log_in_first("/profile").headers["Clear-Site-Data"] == '"cache"'
        assert "Clear-Site-Data" not in htmx.ask_first("/key").headers


def test_what_is_asked_first_is_a_page_without_htmx(app: Flask) -> None:
    with app.test_request_context("/", headers={"X-Ask": "true"}):
        answer = htmx.ask_first("/key?next=/profile")
        assert not htmx.is_asking()
    assert (answer.status_code, answer.location) == (303, "/key?next=/profile")


def test_CS6_a_toast_is_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        html = htmx.toast("<img src=x onerror=alert(1)>")
    assert "<img" not in html
    assert "&lt;img" in html
    assert 'hx-target="#toasts"' in html


def test_what_is_removed_leaves_the_page_with_a_toast(app: Flask) -> None:
    with app.test_request_context(headers=PART):
        answer = htmx.removed("It is gone.")
    assert answer.headers["HX-Reswap"] == "delete"
    assert answer.get_data(as_text=True).startswith('<hx-partial hx-target="#toasts"')


def test_a_change_in_place_is_the_part_then_a_toast_and_what_is_beside(app: Flask) -> None:
    with app.test_request_context("/", headers=PART):
        ann = SimpleNamespace(nickname="Ann")
        answer = htmx.done("Saved.", "nickname", beside={"#menu": "<b>menu</b>"}, user=ann)
    html = answer.get_data(as_text=True)
    part, beside, toast = html.split("<hx-partial ")
    assert "Ann" in part
    assert beside.startswith('hx-target="#menu" hx-swap="outerHTML"><b>menu</b>')
    assert "Saved." in toast
