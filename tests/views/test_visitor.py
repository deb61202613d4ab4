"""The visitor of a request: the three states, and the session cookie."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.parts import Part
from minimaluser.security.access import EVERYBODY, access
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import HTMX, PAGE_TOKEN, first
from minimaluser.testing.sites import Site


def state_of(person: Person) -> str:
    if not person.is_logged_in:
        return "guest"
    return "confirmed" if person.get("/club/").status_code == 200 else "unconfirmed"


def test_a_request_is_in_exactly_one_state(eve: Person, ben: Person, ann: Person) -> None:
    assert [state_of(person) for person in (eve, ben, ann)] == ["guest", "unconfirmed", "confirmed"]


def test_SE2_the_session_cookie_is_for_this_site_and_not_for_scripts(eve: Person) -> None:
    answer = eve.get("/login")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("mu_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("keep", ["", "y"])
def test_SE2_behind_tls_the_cookie_is_secure_and_bound_to_the_host(
    site: Site, tmp_path: object, keep: str
) -> None:
    environ = {"INSTANCE_PATH": str(site.folder), "SITE_URL": "https://mu.example"}
    app = create_app(environ)
    client = app.test_client()
    page = client.get("/login", base_url="https://mu.example")
    cookies = page.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-mu_session=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert len(cookie) < 4096
    token = first(PAGE_TOKEN, page.text)
    chosen = client.post(
        "/cookies", data={"csrf_token": token, "analysis": keep}, base_url="https://mu.example"
    )
    assert all("Secure" in cookie for cookie in chosen.headers.getlist("Set-Cookie"))
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    with app.app_context():
        db.engine.dispose()


def test_SE2_the_cookie_stays_small(ann: Person) -> None:
    assert len(ann.client.get_cookie("mu_session").value) < 2000


@pytest.mark.parametrize("path", ["/offline", "/healthz", "/readyz", "/robots.txt", "/sw.js"])
def test_PR1_a_page_that_needs_no_session_sets_no_cookie(eve: Person, path: str) -> None:
    assert not eve.get(path).headers.getlist("Set-Cookie")


def test_an_unconfirmed_user_at_a_page_for_confirmed_ones_is_sent_to_the_profile(
    ben: Person,
) -> None:
    answer = ben.get("/club/")
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = ben.get("/profile").text
    assert "Please confirm your email address first" in page
    assert "Send the mail again" in page


def test_CS3_an_htmx_header_opens_nothing(eve: Person, ben: Person) -> None:
    for headers in (
        HTMX,
        {"HX-Request": "true"},
        {"HX-Request-Type": "partial"},
        {"HX-Boosted": "true", "HX-History-Restore-Request": "true"},
    ):
        assert eve.client.get("/profile", headers=headers).status_code in {303, 401}
        answer = ben.client.get("/club/", headers=headers)
        assert answer.headers.get("HX-Redirect", answer.location) == "/profile"


def test_CS3_a_session_that_ended_meanwhile_leaves_the_fragment(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    token = phone.token()
    ann.log_out()
    answer = phone.client.post(
        "/profile/nickname",
        data={"nickname": "Ann the Great", "csrf_token": token},
        headers={**HTMX, "HX-Current-URL": "http://localhost/profile?x=1"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/profile?x%3D1"
    assert answer.data == b""


@pytest.mark.parametrize(
    "current",
    [
        "http://evil.example/",
        "http://localhost@evil.example/",
        "http://localhost//evil",
        "javascript:alert(1)",
        "http://localhost.evil.example/x",
        "",
    ],
)
def test_AZ4_the_page_htmx_says_it_is_on_leads_nowhere_else(eve: Person, current: str) -> None:
    answer = eve.client.post(
        "/profile/nickname",
        data={"csrf_token": eve.token()},
        headers={**HTMX, "HX-Current-URL": current},
    )
    page = eve.get(answer.headers["HX-Redirect"]).text
    wanted = re.search(r'name="next"[^>]*value="([^"]*)"', page)[1]
    assert wanted.startswith("/")
    assert not wanted.startswith("//")
    assert wanted.isascii()


def test_PR1_a_view_demands_the_cookie_choice_first_where_there_is_something_to_choose(
    app: Flask, eve: Person
) -> None:
    app.view_functions["pages.about"] = access(EVERYBODY, choice=True)(lambda: "chosen")
    assert eve.get("/about").text == "chosen"
    services_of(app).parts += (Part(optional_cookies=("visits",)),)
    answer = eve.get("/about?x=1")
    assert answer.status_code == 303
    assert answer.location == "/cookies?next=/about?x%3D1"
    assert eve.get("/about", htmx=True).headers["HX-Redirect"] == "/cookies?next=/about"
    assert eve.post("/cookies", {"next": "/about?x=1"}).location == "/about?x=1"
    assert eve.get("/about").status_code == 200
