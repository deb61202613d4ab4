"""What every page shows and carries: a way out, its fragment, cookies, words for key keepers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.lib import headers
from minimaluser.models import Session
from minimaluser.testing.answers import assert_fragment_is_part_of_page
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of
from minimaluser.testing.patterns import PAGE_TOKEN, first
from tests.addresses import DEVELOPMENT, gets, paths

INERT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


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
def test_SE9_every_page_of_a_user_who_is_logged_in_has_a_log_out_button(
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


COOKIES = {"mu_session", "mu_consent", "mu_appearance", "mu_browser", "mu_link_confirmation"}


@pytest.mark.parametrize("who", ["eve", "ann"])
def test_SE2_every_cookie_of_every_address_is_for_this_site_and_no_script(
    stocked: Flask, eve: Person, ben: Person, ann: Person, who: str
) -> None:
    person, found = {"eve": eve, "ann": ann}[who], []
    answers = [person.get(path) for path in [*gets(stocked), ben.link("/confirm/")]]
    answers += [person.post("/appearance", {"scheme": "dark"})]
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
