"""Checks before every view: origin and CSRF token (CS1), the body, host and address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_login import current_user

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.models import User
from minimaluser.security.access import (
    CONFIRMED,
    EVERYBODY,
    GUESTS,
    LOGGED_IN,
    Undeclared,
    Who,
    access,
    addresses,
)
from minimaluser.security.bodies import Bearer, Json, Upload
from minimaluser.settings import ROOT, settings_of
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, snapshot
from minimaluser.testing.patterns import HTMX
from minimaluser.testing.sites import Site
from minimaluser.views import events, tile
from tests.views.changes import FORM, VARY, unsafe

MULTIPART = "multipart/form-data; boundary=x"


def test_CS4_a_fragments_address_opened_directly_is_a_page(ann: Person) -> None:
    for headers_sent in (
        {},
        {"HX-Request": "true", "HX-Request-Type": "full"},
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    ):
        for path in ("/profile/nickname", "/profile/delete", "/cookies"):
            answer = ann.client.get(path, headers=headers_sent)
            assert "<html" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            assert set(answer.headers["Vary"].split(", ")) >= VARY


BAD_ORIGINS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


def test_CS1_nothing_is_done_without_the_sessions_own_token(
    app: Flask, ann: Person, ben: Person
) -> None:
    before, mine, bens = snapshot(app), ann.token(), ben.token()
    forms = [{**FORM, "csrf_token": t} for t in ("x", bens, mine[:-1], mine + "x", "é", "x" * 5000)]
    for path in unsafe(app):
        for form in (FORM, {**FORM, "csrf_token": ""}, *forms):
            assert ann.client.post(path, data=form).status_code == 403, (path, form)
        answer = ann.client.post(path, data=FORM, headers={"X-CSRFToken": bens})
        assert answer.status_code == 403, path
        url = f"{path}?csrf_token={mine}"
        assert ann.client.post(url, data=FORM).status_code == 403, path
    assert snapshot(app) == before
    assert ann.is_logged_in


@pytest.mark.parametrize("sent", BAD_ORIGINS)
def test_CS1_nothing_is_done_for_another_origin(
    app: Flask, ann: Person, sent: dict[str, str]
) -> None:
    before, form = snapshot(app), {**FORM, "csrf_token": ann.token()}
    for path in unsafe(app):
        assert ann.client.post(path, data=form, headers=sent).status_code == 403, path
    assert snapshot(app) == before


def test_CS1_the_token_may_come_in_a_header(ann: Person) -> None:
    for name in ("X-CSRFToken", "X-CSRF-Token"):
        answer = ann.client.post(
            "/profile/nickname",
            data={"nickname": f"Ann {name}"},
            headers={name: ann.token(), **HTMX},
        )
        assert answer.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_CS1_other_methods_do_nothing_at_all(app: Flask, ann: Person, method: str) -> None:
    before = snapshot(app)
    for path in ("/profile", "/profile/nickname", "/logout", "/", "/healthz"):
        answer = ann.client.open(path, method=method, headers={"X-CSRFToken": ann.token()})
        assert answer.status_code == 405
    assert snapshot(app) == before


@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain", "application/xml", "application/octet-stream", MULTIPART],
)
def test_IN5_only_a_form_is_read(app: Flask, ann: Person, kind: str) -> None:
    before, token = snapshot(app), {"X-CSRFToken": ann.token()}
    files = {each.example for each in addresses(app) if isinstance(each.access.body, Upload)}
    for path in sorted({*unsafe(app)} - (files if kind == MULTIPART else set())):
        answer = ann.client.post(path, data=b'{"seed": 1}', content_type=kind, headers=token)
        assert answer.status_code == 415, path
    assert snapshot(app) == before


@pytest.mark.parametrize(
    "body",
    [
        b"nickname=%ff%fe%00%80",
        b"nickname=%",
        b"=&=&=",
        b"nickname",
        b"\xff\xfe\x00",
        b"&" * 5000,
        b"nickname[]=x&nickname[a]=y",
        "nickname=\u202e".encode(),
        b"nickname=%ff",
    ],
)
def test_IN4_a_strange_body_is_refused_and_breaks_nothing(ann: Person, body: bytes) -> None:
    answer = ann.client.post(
        "/profile/nickname",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-CSRFToken": ann.token()},
    )
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"nickname": ["First of two", "Second of two"]}, 400),
        ({f"field{number}": "x" for number in range(25)}, 413),
        ({"nickname": "x" * 5000}, 413),
        ({"nickname": "x" * 70_000}, 413),
    ],
)
def test_IN1_and_IN5_only_a_form_of_ours_is_read(
    app: Flask, ann: Person, form: dict[str, Any], status: int
) -> None:
    before, token = snapshot(app), ann.token()
    for path in unsafe(app):
        answer = ann.client.post(path, data={"csrf_token": token, **form})
        assert answer.status_code == status, path
    assert snapshot(app) == before


def test_AZ1_the_site_does_not_start_with_a_route_that_nobody_declared(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(events.index, "access")
    monkeypatch.delattr(tile.preview, "access")
    with pytest.raises(Undeclared, match=r": events\.index, tile\.preview$"):
        create_app({"INSTANCE_PATH": str(site.folder)})


def test_AZ1_a_view_that_forgets_to_ask_is_guarded_all_the_same(app: Flask, eve: Person) -> None:
    app.view_functions["profile.show"] = access(LOGGED_IN)(lambda: "private")
    assert eve.get("/profile").status_code == 303
    app.view_functions["pages.about"] = lambda: "undeclared"
    assert eve.get("/about").status_code == 403


@pytest.mark.parametrize("who", [EVERYBODY, GUESTS])
@pytest.mark.parametrize("more", [{"recent_key": "key"}, {"only": bool}])
def test_AZ1_only_users_who_are_logged_in_can_be_asked_for_more(
    who: Who, more: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="logged in"):
        access(who, **more)


@pytest.mark.parametrize("htmx", [False, True])
def test_AZ2_to_whom_an_address_is_not_for_there_is_nothing(
    app: Flask, ann: Person, ben: Person, eve: Person, htmx: bool
) -> None:
    chosen = {ann.email}
    declared = access(CONFIRMED, only=lambda user: user.email in chosen)
    app.view_functions["club.index"] = declared(lambda: "for the few")
    assert ann.get("/club/", htmx=htmx).text == "for the few"
    assert ben.get("/club/").location == "/profile"
    assert eve.get("/club/").location.startswith("/login")
    ben.confirm()
    answer = ben.get("/club/", htmx=htmx)
    assert (answer.status_code, "for the few" in answer.text) == (404, False)
    chosen.clear()
    assert ann.get("/club/", htmx=htmx).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_CS1_a_program_authenticates_for_reading_too(app: Flask, ann: Person, method: str) -> None:
    declared = access(EVERYBODY, body=Json(Bearer(lambda: ["a secret"])))
    app.view_functions["health.alive"] = declared(lambda: {"in": current_user.is_authenticated})
    for said in ("", "Bearer wrong"):
        answer = ann.client.open("/healthz", method=method, headers={"Authorization": said})
        assert (answer.status_code, answer.mimetype) == (401, "application/json")
    answer = ann.client.open(
        "/healthz", method=method, headers={"Authorization": "Bearer a secret"}
    )
    assert answer.status_code == 200
    assert method == "HEAD" or answer.json == {"in": False}


@pytest.mark.parametrize("host", ["evil.example", "mu.example.evil.example", "mu.example@evil", ""])
def test_ML6_another_host_is_not_this_site(production: Flask, host: str) -> None:
    client = production.test_client()
    sent = {"Host": host, "X-Forwarded-Host": host, "Forwarded": f"host={host}"}
    for path in ("/", "/club", "/login", "/sitemap.xml"):
        assert client.get(path, headers=sent).status_code == 400
        assert client.get(path, base_url="https://mu.example").status_code in {200, 308}


@pytest.mark.parametrize(("hops", "tls"), [("0", False), ("1", True)])
def test_RL2_forwarded_addresses_are_trusted_only_behind_a_proxy(
    site: Site, tmp_path: Path, hops: str, tls: bool
) -> None:
    app = create_app({"INSTANCE_PATH": str(site.folder), "TRUSTED_PROXIES": hops})
    seen = []
    app.view_functions["health.alive"] = access(EVERYBODY)(lambda: seen.append(_where()) or {})
    sent = {"X-Forwarded-For": "192.0.2.66, 192.0.2.7", "X-Forwarded-Proto": "https"}
    app.test_client().get("/healthz", headers=sent)
    assert seen == [("192.0.2.7" if tls else "127.0.0.1", tls)]


def _where() -> tuple[str | None, bool]:
    from flask import request

    return request.remote_addr, request.is_secure


def test_who_is_on_another_site_is_not_on_this_one(app: Flask, tmp_path: Path) -> None:
    """Two apps in one process share nothing; otherwise no test here would prove anything."""
    other = create_app({"INSTANCE_PATH": str(tmp_path / "other")})
    with other.app_context():
        db.create_all()
    assert (count(app, User), count(other, User)) == (2, 0)
    close(other)
    assert ROOT not in settings_of(app).instance_path.parents


@pytest.mark.parametrize("path", ["/", "/cookies", "/profile", "/signup", "/no-such-page"])
def test_IN4_bytes_in_a_query_that_no_browser_sends_are_a_400(eve: Person, path: str) -> None:
    answer = eve.client.get(path, environ_overrides={"QUERY_STRING": "next=\x80"})
    assert answer.status_code == 400
    assert "<html" in answer.text
