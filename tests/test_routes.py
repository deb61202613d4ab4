"""Walks over every address: who may use it (AZ1), what is written (CS2), how much is asked."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed

from minimaluser import parts
from minimaluser.database import db
from minimaluser.lib import hashing
from minimaluser.personal import whose
from minimaluser.security.access import (
    CONFIRMED,
    EVERYBODY,
    GUESTS,
    LOGGED_IN,
    Who,
    addresses,
    of,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, statements, user_of
from minimaluser.testing.patterns import HTMX, KEY
from tests.addresses import LOG_OUT, gets, paths

SEED = "0123456789abcdef"

ALWAYS = {"GET": {"GET", "HEAD", "OPTIONS"}, "POST": {"POST", "OPTIONS"}}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")

ROWS = [row.name for part in parts.load() for row in part.rows if row.form]
MOST_SELECTS = {
    "eve": 1,
    "ann": 2,
    "/readyz": 4,
    # One is for the mail that may be stopped, because the club brings some.
    **dict.fromkeys(("/profile", *(f"/profile/{row}" for row in ROWS)), 3),
    "/profile/export": 4 + len([t for t in db.metadata.tables.values() if whose.owners(t)]),
}  # SELECT statements; a page as said


def test_AZ1_what_is_an_account_s_own_is_never_declared_open(app: Flask) -> None:
    for each in addresses(app):
        is_own = each.example.startswith(("/profile", "/key-entry"))
        assert not is_own or each.access.who in {LOGGED_IN, CONFIRMED}, each.example


def test_every_address_has_one_view_for_reading_or_for_changing(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for each in addresses(app):
        assert {*each.rule.methods} in ALWAYS.values()
        (method,) = each.methods
        assert adapter.match(each.example, method)[0] == each.endpoint


EXPECTED = {
    # who may: what a guest, an unconfirmed and a confirmed user get
    EVERYBODY: ("open", "open", "open"),
    GUESTS: ("open", "to the profile", "to the profile"),
    LOGGED_IN: ("to log in", "open", "open"),
    CONFIRMED: ("to log in", "to the profile", "open"),
}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who", ["eve", "ben", "ann"])
def test_AZ1_every_method_at_every_address_answers_as_the_matrix_says(
    stocked: Flask, eve: Person, ben: Person, ann: Person, who: str, htmx: bool
) -> None:
    person = {"eve": eve, "ben": ben, "ann": ann}[who]
    headers, form, found, wanted = (HTMX if htmx else {}), {}, {}, {}
    for path in paths(stocked):
        declared = declared_at(stocked, path)
        if "POST" in declared:  # whoever is logged in anew has another token
            form = {"csrf_token": person.token()}
        for method in METHODS:
            data = None if method in ALWAYS["GET"] else form
            answer = person.client.open(
                path, method=method, headers=headers, data=data, buffered=True
            )
            found[method, path] = outcome(answer, declared)
            wanted[method, path] = expected(method, declared, ("eve", "ben", "ann").index(who))
    assert found == wanted


def declared_at(app: Flask, path: str) -> dict[str, Who]:
    """The people who may use each method here; no key for a method that nobody may use."""
    adapter, found = app.url_map.bind("localhost"), {}
    for method in METHODS:
        with suppress(MethodNotAllowed):
            endpoint = adapter.match(path, method)[0]
            declared = of(app, endpoint)
            found[method] = declared.who
            if method != "OPTIONS":  # which no view answers
                found[method] = declared.rest or declared.who
    return found


def expected(method: str, declared: dict[str, Who], column: int) -> str:
    return EXPECTED[declared[method]][column] if method in declared else "no such method"


def outcome(answer: Any, declared: dict[str, Who]) -> str:
    target = answer.headers.get("HX-Redirect") or answer.headers.get("Location", "")
    if answer.status_code == 405:
        assert set(answer.headers["Allow"].split(", ")) == set(declared)
        return "no such method"
    if target.startswith("/login?next="):
        if "HX-Request" in answer.request.headers:
            assert (answer.status_code, answer.data) == (401, b"")
            assert "HX-Redirect" in answer.headers
        else:
            assert answer.status_code == 303
        return "to log in"
    if target == "/profile" and declared[answer.request.method] in {GUESTS, CONFIRMED}:
        return "to the profile"  # of others that is where they go when all is well
    if target.startswith("/key-entry?next="):  # may, once the key was entered
        assert answer.status_code in {303, 401}
        return "open"
    if answer.mimetype == "application/json" and answer.status_code in {401, 415}:
        return "open"  # to programs, which authenticate otherwise
    assert answer.status_code in {200, 302, 303, 400, 404, 422}
    assert answer.request.method != "HEAD" or answer.data == b""
    return "open"


def test_AZ5_no_form_takes_what_is_not_asked_for(app: Flask, ben: Person, ann: Person) -> None:
    anns, bens = user_of(app, ann.email), user_of(app, ben.email)
    more = {
        "id": str(anns.id),
        "user_id": str(anns.id),
        "_user_id": str(anns.id),
        "is_confirmed": "1",
        "confirmed_at": "2026-01-01",
        "email_key": "x@example.org",
        "pending_email": "x@example.org",
        "key_hash": "x",
        "key_is_first": "",
        "disabled_at": "2026-01-01",
        "closed_at": "2026-01-01",
        "keep": "y",
    }
    kept = ("id", "email", "email_key", "pending_email", "confirmed_at", "disabled_at", "closed_at")
    before = [[getattr(user, name) for name in kept] for user in (anns, bens)]
    anns_key = anns.key_hash
    for path in sorted({*paths(app, "POST")} - {LOG_OUT, "/profile/first-key"}):
        ben.post(path, {**more, "nickname": "Ben the Great", "seed": SEED})
        if path != "/profile/delete":
            ben.post(path, {**more, "current_key": ben.key})
    after = [user_of(app, ann.email), user_of(app, ben.email)]
    assert [[getattr(user, name) for name in kept] for user in after] == before
    assert after[0].key_hash == anns_key
    assert hashing.verify_key(after[1].key_hash, ben.mailed(KEY), 512)
    assert ann.is_logged_in


@pytest.mark.parametrize("who", ["eve", "ben", "ann"])
def test_CS2_no_get_writes_anything(
    stocked: Flask, eve: Person, ben: Person, ann: Person, who: str
) -> None:
    app, person = stocked, {"eve": eve, "ben": ben, "ann": ann}[who]
    gone = Person(app, "gone@example.org")
    gone.sign_up()
    gone.leave()
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    there = {*paths(app, "GET")}
    there |= {ben.link("/confirm/"), ann.link("/email/confirm/", "ann@new.example")}
    there |= {ann.link("/email/undo/"), ann.link("/reset-key/mail/"), gone.link("/closing/undo/")}
    there |= {f"/tiles/{user_of(app, ann.email).tile_name}.svg"}
    before = snapshot(app, without=("session.seen_at",))
    for path in sorted(there):
        for more in ({}, HTMX):
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = person.client.open(path, method=method, headers=more, buffered=True)
                assert answer.status_code < 500
    assert snapshot(app, without=("session.seen_at",)) == before


def test_CS2_a_query_is_no_form(stocked: Flask, ann: Person) -> None:
    form = {
        "nickname": "By a link",
        "email": "x@example.org",
        "current_key": ann.key,
        "seed": SEED,
        "analysis": "y",
        "csrf_token": ann.token(),
    }
    before = snapshot(stocked, without=("session.seen_at",))
    for path in paths(stocked, "POST"):
        ann.get(path, query_string=form)
    assert snapshot(stocked, without=("session.seen_at",)) == before
    assert ann.is_logged_in


@pytest.mark.parametrize("who", ["eve", "ann"])
def test_a_page_asks_the_database_no_more_than_it_needs(
    stocked: Flask, eve: Person, ann: Person, who: str
) -> None:
    person, over = {"eve": eve, "ann": ann}[who], {}
    for path in gets(stocked):
        person.get(path)
        with statements(stocked) as seen:
            person.get(path)
        selects = [sql for sql in seen if sql.startswith("SELECT")]
        if len(selects) > MOST_SELECTS.get(path, MOST_SELECTS[who]):
            over[path] = len(selects)
        writes = [sql for sql in seen if re.match("INSERT|UPDATE|DELETE", sql)]
        assert not [sql for sql in writes if " hit " not in sql], "nothing but that it was counted"
    assert over == {}


def test_a_page_asks_no_more_when_there_is_more_to_show(app: Flask, ann: Person) -> None:
    counts = []
    ann.get("/")
    for _ in range(2):
        for _ in range(3):
            ann.elsewhere().log_in()
        with statements(app) as seen:
            for path in ("/", "/profile"):
                ann.get(path)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_OP3_what_a_stranger_gets_without_the_database(app: Flask, eve: Person) -> None:
    eve.get("/login")
    with statements(app) as seen:
        for path in ("/healthz", "/robots.txt", "/manifest.webmanifest"):
            eve.get(path)
    assert seen == []
