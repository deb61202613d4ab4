"""Light or dark: what is chosen is kept in this browser, and every page says so."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.lib import themes
from minimaluser.rules import rules
from minimaluser.settings import THEMES
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from tests.views.test_theme import PAGES as PAGES_OF_A_THEME

COOKIE = "mu_appearance"
PAGES = [page for page in PAGES_OF_A_THEME if page != "/offline"]
ROOT = re.compile(r"<html ([^>]*)>")
META = re.compile(r'<meta name="(?:color-scheme|theme-color)"[^>]*>')
CHECKED = re.compile(r'<input(?=[^>]* checked\b)[^>]* value="(\w+)"')


def choose(person: Person, scheme: str, *, htmx: bool = False) -> list[str]:
    """Choose, and return what the answer says of the cookie."""
    answer = person.post("/appearance", {"scheme": scheme}, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    return [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(COOKIE)]


def root(person: Person, page: str = "/about") -> str:
    found = ROOT.search(person.get(page).text)
    assert found
    return found[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_choice_is_kept_for_a_year_and_says_nothing_else(
    eve: Person, scheme: str, htmx: bool
) -> None:
    (cookie,) = choose(eve, scheme, htmx=htmx)
    assert cookie.startswith(f"{COOKIE}={scheme};")
    assert f"Max-Age={365 * 86400}" in cookie
    assert rules.appearance.days == 365
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_SE2_with_tls_the_appearance_is_sent_only_over_tls(app: Flask, eve: Person) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    sent = eve.post("/appearance", {"scheme": "dark"}).headers.getlist("Set-Cookie")
    assert ["Secure" in line for line in sent if line.startswith(f"__Host-{COOKIE}=")] == [True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_says_what_was_chosen_errors_too(
    stocked: Flask, eve: Person, ann: Person, scheme: str
) -> None:
    for person in (eve, ann):
        choose(person, scheme)
        for page in (*PAGES, "/profile", "/appearance", "/confirm/garbage"):
            answer = person.get(page)
            if answer.status_code == 303:
                continue
            assert f'data-scheme="{scheme}"' in root(person, page), page


def test_the_browser_is_told_only_the_colour_that_fits(eve: Person) -> None:
    theme = themes.find(THEMES, "default")
    for scheme, colour in (("light", theme.day), ("dark", theme.night)):
        choose(eve, scheme)
        assert META.findall(eve.get("/about").text) == [
            f'<meta name="color-scheme" content="{scheme}">',
            f'<meta name="theme-color" content="{colour}">',
        ]
    choose(eve, "system")
    assert META.findall(eve.get("/about").text) == [
        '<meta name="color-scheme" content="light dark">',
        f'<meta name="theme-color" media="(prefers-color-scheme: light)" content="{theme.day}">',
        f'<meta name="theme-color" media="(prefers-color-scheme: dark)" content="{theme.night}">',
    ]


@pytest.mark.parametrize("htmx", [False, True])
def test_system_deletes_the_cookie(eve: Person, htmx: bool) -> None:
    choose(eve, "dark")
    (cookie,) = choose(eve, "system", htmx=htmx)
    assert cookie.startswith(f"{COOKIE}=;")
    assert "Max-Age=0" in cookie
    assert eve.client.get_cookie(COOKIE) is None
    assert "data-scheme" not in root(eve)


@pytest.mark.parametrize(
    "value", ["", "system", "Dark", "dark ", 'dark" x="', "light dark", "é", "x" * 4000]
)
def test_anything_else_in_the_cookie_is_no_choice(eve: Person, value: str) -> None:
    eve.client.set_cookie(COOKIE, value)
    for page in ("/about", "/nothing-of-this-name"):
        assert root(eve, page) == 'lang="en"', page
    assert CHECKED.findall(eve.get("/appearance").text) == ["system"]


@pytest.mark.parametrize("sent", [{}, {"scheme": ""}, {"scheme": "sepia"}])
@pytest.mark.parametrize("htmx", [False, True])
def test_what_is_no_choice_is_refused_and_changes_nothing(
    eve: Person, sent: dict[str, str], htmx: bool
) -> None:
    choose(eve, "dark")
    answer = eve.post("/appearance", sent, htmx=htmx)
    assert answer.status_code == 422
    assert "Please choose one of these." in answer.text
    assert not any(COOKIE in line for line in answer.headers.getlist("Set-Cookie"))
    assert 'data-scheme="dark"' in root(eve)


def test_the_form_shows_what_is_chosen(eve: Person) -> None:
    assert CHECKED.findall(eve.get("/appearance", htmx=True).text) == ["system"]
    for scheme in ("dark", "light", "system"):
        choose(eve, scheme)
        assert CHECKED.findall(eve.get("/appearance", htmx=True).text) == [scheme]


def test_the_page_is_loaded_anew_with_htmx_and_comes_back_without(eve: Person) -> None:
    answer = eve.post("/appearance", {"scheme": "dark"}, htmx=True)
    assert (answer.text, answer.headers["HX-Refresh"]) == ("", "true")
    assert "Your choice is saved" in eve.get("/about").text
    answer = eve.post("/appearance", {"scheme": "light"})
    assert (answer.status_code, answer.location) == (303, "/appearance")
    assert "Your choice is saved" in eve.get("/appearance").text


def test_the_choice_has_nothing_to_do_with_logging_in_or_out(ann: Person) -> None:
    choose(ann, "dark")
    ann.log_out()
    assert 'data-scheme="dark"' in root(ann)
    ann.log_in(ann.key)
    assert 'data-scheme="dark"' in root(ann, "/profile")


def test_what_is_the_same_for_all_does_not_follow_the_choice(app: Flask, eve: Person) -> None:
    change_settings(app, sw_disabled=False)
    same = ("/offline", "/sw.js", "/manifest.webmanifest")
    before = [eve.get(path).text for path in same]
    choose(eve, "dark")
    assert [eve.get(path).text for path in same] == before


def test_the_footer_that_is_kept_is_the_same_for_everybody(eve: Person, ann: Person) -> None:
    choose(eve, "dark")
    found = {person.get("/about").text.partition("<footer")[2].partition("</footer>")[0]
             for person in (eve, ann)}  # fmt: skip
    assert len(found) == 1
    assert 'action="/appearance"' in found.pop()


def test_CA1_a_page_in_somebodys_colours_is_kept_by_nobody_else(eve: Person) -> None:
    choose(eve, "dark")
    for page in ("/", "/about", "/nothing-of-this-name"):
        answer = eve.get(page)
        assert answer.headers["Cache-Control"] == "no-store", page
        assert "Cookie" in answer.headers["Vary"], page
