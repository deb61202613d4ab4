"""Walkers over every address: who may (AZ1), what is written (CS2), what every answer carries or
shows (HD1, SE9, AZ5), and how much is asked.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed

from minimaluser import parts
from minimaluser.database import db
from minimaluser.lib import hashing, headers
from minimaluser.models import Session
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
from minimaluser.testing.answers import assert_fragment_is_part_of_page
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, snapshot, statements, user_of
from minimaluser.testing.patterns import HTMX, KEY, PAGE_TOKEN, first

SEED = "0123456789abcdef"
INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
LOG_OUT, DEVELOPMENT = "/logout", "/dev/"

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


def paths(app: Flask, method: str = "") -> list[str]:
    """An address of every view, or of those with this method; logging out comes last."""
    found = {each.example for each in addresses(app) if method in {"", *each.methods}}
    return sorted(found, key=lambda path: (path == LOG_OUT, path))


def gets(app: Flask) -> list[str]:
    return [path for path in paths(app, "GET") if not path.startswith(DEVELOPMENT)]


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
    """Who may use each method here; no key for what nobody may."""
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
    assert answer.status_code in {200, 302, 303, 400, 404, 422}
    assert answer.request.method != "HEAD" or answer.data == b""
    return "open"


@pytest.mark.parametrize("who", ["eve", "ann"])
def test_HD1_every_address_carries_the_security_headers(
    stocked: Flask, eve: Person, ann: Person, who: str
) -> None:
    person, wanted = {"eve": eve, "ann": ann}[who], headers.security()
    inert = wanted | {"Content-Security-Policy": INERT}
    secret = wanted | {"Referrer-Policy": "no-referrer"}
    for path in paths(stocked):
        if path.startswith(DEVELOPMENT):
            continue
        for method in ("GET", "POST"):  # without a token: whatever it is, it is refused
            answer = person.client.open(path, method=method, buffered=True)
            expected = secret if path.endswith(("/x", "/link")) else wanted
            if answer.mimetype == "image/svg+xml":
                expected = inert
            for name, value in expected.items():
                found = answer.headers.getlist(name)
                if name == "Referrer-Policy" and value == "same-origin":
                    assert found in (["same-origin"], ["no-referrer"]), (path, name)
                else:
                    assert found == [value], (method, path, name)


@pytest.mark.parametrize("who", ["ben", "ann"])
def test_SE9_every_page_of_who_is_logged_in_has_a_log_out_button(
    stocked: Flask, ben: Person, ann: Person, who: str
) -> None:
    person, pages = {"ben": ben, "ann": ann}[who], []
    for path in gets(stocked):
        answer = person.get(path)
        if (answer.status_code, answer.mimetype) == (200, "text/html") and path != "/offline":
            assert 'action="/logout"' in answer.text, path
            assert "Log out</button>" in answer.text, path
            pages.append(path)
    assert {"/profile", "/profile/events", "/profile/delete", "/key-entry"} <= set(pages)


FRAGMENTS = {
    "eve": {"/login", "/signup", "/forgot-key", "/cookies"},
    "ben": {"/profile/first-key", "/profile/nickname", "/key-entry"},
    "ann": {f"/profile/{row}" for row in ("nickname", "email", "key", "tile", "delete")}
    | {"/key-entry"},
}


@pytest.mark.parametrize("who", FRAGMENTS)
def test_every_fragment_is_a_part_of_its_page(
    stocked: Flask, eve: Person, ben: Person, ann: Person, who: str
) -> None:
    person, found = {"eve": eve, "ben": ben, "ann": ann}[who], set()
    if who != "eve":
        person.enter_key()  # else a page asks for it, and a fragment in a dialog
    for path in gets(stocked):
        fragment = person.get(path, htmx=True)
        is_html = (fragment.status_code, fragment.mimetype) == (200, "text/html")
        if is_html and "HX-Redirect" not in fragment.headers and "<html" not in fragment.text:
            assert_fragment_is_part_of_page(person, path)
            found.add(path)
    assert found >= FRAGMENTS[who]


COOKIES = {"mu_session", "mu_consent", "mu_browser", "mu_link_confirmation"}


@pytest.mark.parametrize("who", ["eve", "ann"])
def test_SE2_every_cookie_of_every_address_is_for_this_site_and_no_script(
    stocked: Flask, eve: Person, ben: Person, ann: Person, who: str
) -> None:
    person, found = {"eve": eve, "ann": ann}[who], []
    answers = [person.get(path) for path in [*gets(stocked), ben.link("/confirm/")]]
    answers += [person.post("/cookies", {}), person.post("/logout"), person.log_in(ann.key)]
    for answer in answers:
        found += answer.headers.getlist("Set-Cookie")
    if who == "ann":
        assert {cookie.partition("=")[0] for cookie in found} == COOKIES
    for cookie in found:
        options = {option.partition("=")[0]: option for option in cookie.split("; ")[1:]}
        assert options.keys() >= {"HttpOnly", "SameSite", "Path"}, cookie
        assert (options["SameSite"], options["Path"]) == ("SameSite=Lax", "Path=/"), cookie
        assert "Domain" not in options, cookie
        assert len(cookie) <= 4096


def test_SE2_behind_tls_every_cookie_of_every_address_is_bound_to_the_host(
    production: Flask,
) -> None:
    client, there = production.test_client(), {"base_url": "https://mu.example"}
    token = first(PAGE_TOKEN, client.get("/login", **there).text)
    form = {"csrf_token": token}
    answers = [client.get(path, **there) for path in gets(production)]
    answers += [client.post(path, data=form, **there) for path in ("/cookies", "/logout")]
    found = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len({cookie.partition("=")[0] for cookie in found}) == 2
    for cookie in found:
        assert cookie.startswith("__Host-"), cookie
        assert {"Secure", "Path=/"} <= {*cookie.split("; ")}, cookie
        assert "Domain" not in cookie


KEEPERS_WORDS = {
    # what a field is to a key keeper (HTML, "Autofill"): name → type, autocomplete
    "key": ("password", "current-password"),
    "current_key": ("password", "current-password"),
    "new_key": ("password", "new-password"),
    "confirm_key": ("password", "new-password"),
    "code": ("text", "one-time-code"),
}


def test_CR9_every_field_for_a_key_or_a_code_says_what_it_is_to_a_key_keeper(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=11))  # the address is changed with the key again
    phone, seen = ann.elsewhere(), set()
    flow = phone.ask_for_code()[0]
    pages = [ann.get(path) for path in gets(app)]
    pages += [phone.get("/login"), phone.get(flow), phone.open(ann.link("/reset-key/mail/"))]
    for page in (each for each in pages if each.mimetype == "text/html"):
        for tag in re.findall(r"<input[^>]*>", page.text):
            field = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            if field.get("name") in KEEPERS_WORDS:
                found = (field["type"], field["autocomplete"])
                assert found == KEEPERS_WORDS[field["name"]], tag
                seen.add(field["name"])
        if 'name="key"' in page.text or page.request.path == "/profile/key":
            assert 'autocomplete="username"' in page.text
    assert seen == set(KEEPERS_WORDS)


@pytest.mark.parametrize("who", ["ben", "ann"])
def test_AZ5_no_answer_shows_a_hash(stocked: Flask, ben: Person, ann: Person, who: str) -> None:
    person = {"ben": ben, "ann": ann}[who]
    user = user_of(stocked, person.email)
    hidden = [user.key_hash, user.signup_browser, "$argon2"]
    hidden += [row.secret_hash for row in rows_of(stocked, Session)]
    for path in gets(stocked):
        for htmx in (False, True):
            data = person.get(path, htmx=htmx).data
            assert [text for text in hidden if text and text.encode() in data] == [], path


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
