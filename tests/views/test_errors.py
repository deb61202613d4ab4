"""Error pages: one for each code, without database, user or session."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from minimaluser import accounts
from minimaluser.database import db
from minimaluser.lib import hashing
from minimaluser.parts import Part, Slot
from minimaluser.security.access import EVERYBODY, access, addresses
from minimaluser.security.limits import TOO_OFTEN, TooMany
from minimaluser.services import services_of
from minimaluser.settings import ROOT
from minimaluser.testing.client import Person
from minimaluser.testing.database import statements
from minimaluser.testing.patterns import HTMX
from minimaluser.views import pages

CODES = [400, 403, 404, 405, 413, 429, 500, 503]


@pytest.fixture
def quiet(app: Flask, caplog: pytest.LogCaptureFixture) -> Flask:
    """A site that shows its error page for an exception, as in production."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    caplog.set_level(logging.CRITICAL)
    return app


def breaks(app: Flask, problem: Any) -> None:
    """Make the page `about` end with an exception or an error code."""

    def fail() -> str:
        if isinstance(problem, int):
            abort(problem)
        raise problem

    app.view_functions["pages.about"] = access(EVERYBODY)(fail)


@pytest.mark.parametrize("code", CODES)
def test_LG3_every_code_has_a_page_that_needs_no_database(
    quiet: Flask, ann: Person, code: int
) -> None:
    breaks(quiet, code)
    with statements(quiet) as seen:
        answer = ann.get("/about")
    assert answer.status_code == code
    assert f"Error {code}" in answer.text
    assert answer.mimetype == "text/html"
    assert seen == []
    assert not answer.headers.getlist("Set-Cookie")
    assert "Go to the home page" in answer.text


@pytest.mark.parametrize("code", CODES)
def test_LG3_a_fragment_gets_a_toast_instead_of_a_page(
    quiet: Flask, ann: Person, code: int
) -> None:
    breaks(quiet, code)
    answer = ann.get("/about", htmx=True)
    assert answer.status_code == code
    assert answer.text.startswith('<hx-partial hx-target="#toasts"')
    assert "<html" not in answer.text


def test_RL1_too_often_is_told_in_one_wording(quiet: Flask, eve: Person, ben: Person) -> None:
    """By a page, by the script that has no words from us, by a limit and by a mail that waits."""
    script = (ROOT / "static/src/js/requests.js").read_text(encoding="utf-8")
    breaks(quiet, 429)
    for told in (script, eve.get("/about").text):
        assert f"{TOO_OFTEN} Please try again in a moment." in told
    breaks(quiet, TooMany(90))
    assert f"{TOO_OFTEN} Please try again in 2 minutes." in eve.get("/about").text
    for _ in range(2):
        ben.post("/confirm")
    assert "No mail was sent: " in (page := ben.get("/profile").text)
    assert " Please try again in 3 minutes." in page


@pytest.mark.parametrize("code", [410, 418, 501, 504])
def test_an_unlisted_code_has_the_page_of_its_class(quiet: Flask, eve: Person, code: int) -> None:
    breaks(quiet, code)
    answer = eve.get("/about")
    assert answer.status_code == code
    assert f"Error {code}" in answer.text


def test_LG3_the_error_page_reveals_nothing_of_an_exception(quiet: Flask, eve: Person) -> None:
    breaks(quiet, RuntimeError("secret detail"))
    answer = eve.get("/about")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError" not in answer.text


def test_LG2_the_log_names_no_address_on_which_something_broke(
    quiet: Flask, eve: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(token: str) -> str:
        raise RuntimeError

    caplog.set_level(logging.ERROR)
    quiet.view_functions["confirmation.keep"] = access(EVERYBODY)(fail)
    assert eve.get("/confirm/a-secret-token").status_code == 500
    assert "Exception on /confirm/<token> [GET]" in caplog.text
    assert "a-secret-token" not in caplog.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_IN4_an_address_with_two_slashes_breaks_nothing(
    quiet: Flask, eve: Person, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    caplog.set_level(logging.ERROR)
    for path in {each.example for each in addresses(quiet)}:
        for where in [place.start() for place in re.finditer("/", path)]:
            doubled = {"PATH_INFO": f"{path[:where]}/{path[where:]}"}
            answer = eve.client.open("/", method=method, environ_overrides=doubled)
            assert answer.status_code < 500, path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    assert "Exception on" not in caplog.text


@pytest.mark.parametrize(
    "problem",
    [
        OperationalError("SELECT", {}, Exception("database is locked")),
        InterfaceError("SELECT", {}, Exception("connection lost")),
        PoolTimeout("no connection left"),
        hashing.Busy(),
    ],
)
def test_a_busy_site_says_so_and_when_to_come_back(
    quiet: Flask, eve: Person, problem: Exception
) -> None:
    breaks(quiet, problem)
    answer = eve.get("/about")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "locked" not in answer.text


def test_LG3_a_database_that_is_away_breaks_no_error_page(
    quiet: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    asks = Slot("", lambda: dict(db.session.execute(db.text("for what it shows"))))
    services_of(quiet).parts += (Part(slots={"offline": asks}),)
    monkeypatch.setattr(accounts.sessions.db.session, "scalar", away)
    monkeypatch.setattr(db.session, "execute", away)
    for path in ("/", "/profile", "/club/", "/profile/events", "/profile/export", "/key-entry"):
        assert ann.get(path).status_code == 503
    assert ann.get("/no-such-page").status_code == 404
    assert ann.get("/offline").status_code == 200
    assert ann.get("/healthz").status_code == 200


def test_LG3_a_template_that_is_broken_is_a_500_page(
    quiet: Flask, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "render_template", lambda _: 1 / 0)
    assert "Error 500" in eve.get("/about").text


def test_CR8_too_many_keys_at_once_are_a_503(
    quiet: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise hashing.Busy

    monkeypatch.setattr(hashing, "verify_key", busy)
    answer = ann.elsewhere().log_in()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert ann.is_logged_in


def test_a_method_an_address_does_not_have_says_which_it_has(ann: Person) -> None:
    answer = ann.post("/about")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_old_page_gets_a_fresh_token_with_the_403(ann: Person) -> None:
    answer = ann.post("/profile/nickname", {"nickname": "Ann the Great"}, token="stale", htmx=True)
    assert answer.status_code == 403
    fresh = answer.headers["X-CSRF-Token"]
    again = ann.post("/profile/nickname", {"nickname": "Ann the Great"}, token=fresh, htmx=True)
    assert again.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff",
        "/%0d%0aX-Evil:1",
        "/a/../../etc/passwd",
        "/.env",
        "/static/../site.db",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/é",
        "/" + "x" * 5000,
        "/login/",
    ],
)
def test_IN4_a_strange_address_is_not_found(eve: Person, path: str) -> None:
    answer = eve.client.get(path, headers=HTMX)
    assert answer.status_code == 404


def test_after_too_many_wrong_keys_the_log_in_page_is_shown(ann: Person) -> None:
    wrong = {"current_key": "wrong"}
    for _ in range(4):
        assert ann.post("/profile/delete", wrong).status_code == 422
    answer = ann.post("/profile/delete", wrong)
    assert answer.status_code == 303
    assert answer.location.startswith("/login")
    assert "wrong too often" in ann.get("/login").text
    assert not ann.is_logged_in


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("host", ["." * 5, "x" * 64 + ".example", "x" * 300])
def test_IN4_an_invalid_host_is_a_400(eve: Person, host: str, htmx: bool) -> None:
    for path in ("/", "/profile", "/healthz", "/no-such-page"):
        answer = eve.get(path, htmx=htmx, environ_overrides={"HTTP_HOST": host})
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
        assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("host", ["", "@", "a@b", "a b", "[", "/"])
def test_IN4_an_invalid_host_is_a_400_for_a_form_too(eve: Person, host: str) -> None:
    form = {"csrf_token": eve.token()}
    cookie = f"mu_session={eve.client.get_cookie('mu_session').value}"
    plain = eve.app.test_client(use_cookies=False)
    more = {"HTTP_HOST": host, "HTTP_COOKIE": cookie}
    answer = plain.post("/profile/tile", data=form, environ_overrides=more)
    assert answer.status_code == 400
