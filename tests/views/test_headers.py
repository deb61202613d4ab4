"""Headers that every answer carries (HD1, HD4, CA1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from minimaluser import create_app
from minimaluser.lib import headers
from minimaluser.security.access import (
    EVERYBODY,
    access,
)
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.sites import Site
from tests.views.changes import VARY

pytestmark = pytest.mark.once

ANSWERS: dict[str, Callable[[Person], TestResponse]] = {
    "a page": lambda p: p.get("/"),
    "a private page": lambda p: p.get("/profile"),
    "a fragment": lambda p: p.get("/profile/nickname", htmx=True),
    "a redirect": lambda p: p.post("/cookies"),
    "a redirect of the router": lambda p: p.get("/club"),
    "a change in place": lambda p: p.post("/profile/nickname", {"nickname": "Ann Two"}, htmx=True),
    "a refused form": lambda p: p.post("/profile/nickname", {"nickname": ""}),
    "a bad link": lambda p: p.get("/confirm/x"),
    "a check": lambda p: p.post("/check/signup/email", {"email": "x"}, htmx=True),
    "a JSON answer": lambda p: p.get("/healthz"),
    "a text": lambda p: p.get("/robots.txt"),
    "the service worker": lambda p: p.get("/sw.js"),
    "a 403": lambda p: p.client.post("/logout"),
    "a 404": lambda p: p.get("/no-such-page"),
    "a 405": lambda p: p.post("/about"),
    "a 413": lambda p: p.post("/login", {"email": "x" * 70_000}),
    "a 429": lambda p: [
        p.post("/profile/nickname", {"nickname": f"Ann number {n}"}) for n in range(6)
    ][-1],
    "a HEAD": lambda p: p.client.head("/"),
    "an OPTIONS": lambda p: p.client.options("/"),
    "a stranger's redirect": lambda p: Person(p.app, "x").get("/profile"),
    "a stranger's 401": lambda p: Person(p.app, "x").get("/profile", htmx=True),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_HD1_every_answer_carries_the_security_headers(ann: Person, kind: str) -> None:
    answer = ANSWERS[kind](ann)
    if kind[-3:].isdigit():
        assert answer.status_code == int(kind[-3:])
    for name, value in headers.security().items():
        if name == "Referrer-Policy" and kind == "a bad link":
            value = "no-referrer"
        assert answer.headers[name] == value
        assert len(answer.headers.getlist(name)) == 1


@pytest.mark.parametrize("kind", [kind for kind in ANSWERS if kind != "the service worker"])
def test_CA1_no_page_is_kept_by_anybody(ann: Person, kind: str) -> None:
    answer = ANSWERS[kind](ann)
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.headers["Vary"].split(", ")) >= VARY


def test_HD1_a_500_carries_them_too(app: Flask, eve: Person) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["pages.about"] = access(EVERYBODY)(lambda: 1 / 0)
    answer = eve.get("/about")
    assert answer.status_code == 500
    for name, value in headers.security().items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"


def test_HD1_files_carry_them_and_are_kept_for_a_year(app: Flask, eve: Person) -> None:
    for name in ("default.css", "site.js", "icons/icon.svg"):
        path = services_of(app).assets.url(name)
        answer = eve.get(path)
        assert answer.status_code == 200
        for header, value in headers.security().items():
            assert answer.headers[header] == value
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=315360000" in answer.headers["Cache-Control"]
        assert not answer.headers.getlist("Set-Cookie")


def test_HD1_a_missing_file_carries_them(eve: Person) -> None:
    missing = eve.get("/static/none.css")
    assert missing.status_code == 404
    for name, value in headers.security().items():
        assert missing.headers[name] == value


def test_HD4_no_other_origin_may_read_anything(app: Flask, ann: Person) -> None:
    evil = {"Origin": "https://evil.example"}
    for path in (
        "/",
        "/profile",
        "/manifest.webmanifest",
        services_of(app).assets.url("default.css"),
    ):
        answer = ann.client.get(path, headers=evil, buffered=True)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_HD1_pictures_may_come_from_the_bucket(site: Site) -> None:
    environ = {"INSTANCE_PATH": str(site.folder), "AWS_TILES_BUCKET_URL": "https://t.example/"}
    app = create_app(environ)
    policy = app.test_client().get("/healthz").headers["Content-Security-Policy"]
    assert "img-src 'self' https://t.example;" in policy


def test_HD1_a_304_carries_them_too(app: Flask, eve: Person) -> None:
    path = services_of(app).assets.url("default.css")
    modified = eve.get(path).headers["Last-Modified"]
    answer = eve.client.get(path, headers={"If-Modified-Since": modified})
    assert answer.status_code == 304
    refused = eve.client.post(path)
    assert refused.status_code == 405
    for name, value in headers.security().items():
        assert answer.headers[name] == value
        assert refused.headers[name] == value


def test_CA1_the_address_of_a_page_with_a_suffix_is_not_found(ann: Person) -> None:
    for path in ("/profile/x.css", "/profile.css", "/club/x.css", "/profile/nickname/x.jpg"):
        assert ann.get(path).status_code == 404
