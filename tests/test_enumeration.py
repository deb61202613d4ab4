"""No form tells in any byte of its answer who has an account (EN1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import unified_diff

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import kinds_of, statements
from minimaluser.testing.sites import ANNS_KEY

KINDS = ("confirmed", "unconfirmed", "deleted", "unknown")
TOKEN = re.compile(r"\b[\w-]{20,}\.[\w-]{6,}\.[\w-]{20,}")  # of a session, of a flow
VALUE = re.compile(r"(?<=^Set-Cookie: )([^=]+)=[^;]*")
PRIVATE = "sign-up in private"

pytestmark = pytest.mark.usefixtures("no_limits", "clock")


@pytest.fixture
def addresses(app: Flask) -> dict[str, str]:
    """An address of each kind, all of one length; the deleted one is in its days of grace."""
    people = {kind: Person(app, f"{number}@kind.example") for number, kind in enumerate(KINDS)}
    for kind in ("confirmed", "unconfirmed", "deleted"):
        people[kind].sign_up()
    for kind in ("confirmed", "deleted"):
        people[kind].confirm()
    people["deleted"].choose_key(ANNS_KEY)
    people["deleted"].leave()
    return {kind: person.email for kind, person in people.items()}


def log_in(browser: Person, email: str, *, htmx: bool) -> list[TestResponse]:
    """With the key that was the deleted one's; it is wrong for everybody now."""
    return [browser.post("/login", {"email": email, "key": ANNS_KEY, "keep": "y"}, htmx=htmx)]


def forgot(browser: Person, email: str, *, htmx: bool) -> list[TestResponse]:
    asked = browser.post("/forgot-key", {"email": email}, htmx=htmx)
    return [asked, browser.get(where(asked))]


def resend(browser: Person, email: str, *, htmx: bool) -> list[TestResponse]:
    """There is no field for an address, so one that is sent along changes nothing."""
    return [browser.post("/confirm", {"email": email}, htmx=htmx), browser.get("/profile")]


def move(browser: Person, email: str, *, htmx: bool) -> list[TestResponse]:
    return [browser.post("/profile/email", {"email": email}, htmx=htmx), browser.get("/profile")]


def sign_up(browser: Person, email: str, *, htmx: bool) -> list[TestResponse]:
    answer = browser.post("/signup", {"email": email}, htmx=htmx)
    return [answer, browser.get(where(answer)), browser.get("/profile")]


FORMS: dict[str, Callable[..., list[TestResponse]]] = {
    "log-in": log_in,
    "forgotten key": forgot,
    "mail again": resend,
    "change of address": move,
    PRIVATE: sign_up,
}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_EN1_no_form_tells_in_any_byte_who_has_an_account(
    app: Flask, ann: Person, ben: Person, addresses: dict[str, str], form: str, htmx: bool
) -> None:
    change_settings(app, private_signup=form == PRIVATE)
    members = {"mail again": ben, "change of address": ann}
    told = {}
    for kind, email in addresses.items():
        browser = members.get(form) or Person(app, "x")
        answers = FORMS[form](browser, email, htmx=htmx)
        assert all(answer.status_code < 404 or answer.status_code == 422 for answer in answers)
        told[kind] = [line for answer in answers for line in normal(answer, email)]
    for kind in KINDS:
        seen = "\n".join(unified_diff(told["unknown"], told[kind], "unknown", kind, n=0))
        assert not seen, seen


@pytest.mark.parametrize("form", FORMS)
def test_EN2_every_form_makes_the_same_statements_for_everybody(
    app: Flask, ann: Person, ben: Person, addresses: dict[str, str], form: str
) -> None:
    change_settings(app, private_signup=form == PRIVATE)
    members = {"mail again": ben, "change of address": ann}
    made = {}
    for kind, email in addresses.items():
        browser = members.get(form) or Person(app, "x")
        with statements(app) as seen:
            FORMS[form](browser, email, htmx=False)
        made[kind] = kinds_of(seen)
    for kind in KINDS:
        assert made[kind] == made["unknown"], kind


def test_EN1_asking_for_the_mail_again_writes_to_nobody_else(
    ben: Person, addresses: dict[str, str]
) -> None:
    before = {email: len(ben.mails(email)) for email in [*addresses.values(), ben.email]}
    for email in addresses.values():
        ben.post("/confirm", {"email": email})
    after = {email: len(ben.mails(email)) for email in before}
    assert after == before | {ben.email: before[ben.email] + len(KINDS)}


def where(answer: TestResponse) -> str:
    """The address that an answer leads to."""
    return answer.headers.get("HX-Redirect") or answer.location or "/"


def normal(answer: TestResponse, email: str) -> list[str]:
    """The lines of an answer, without what is new in each and the address."""
    if "Content-Length" in answer.headers:
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    headers = sorted(
        VALUE.sub(r"\1=…", f"{name}: {value}")
        for name, value in answer.headers.items()
        if name not in {"Content-Length", "X-Request-ID"}
    )
    text = "\n".join([answer.status, *headers, answer.text.replace(email, "…")])
    return TOKEN.sub(lambda token: f"[{len(token[0])} characters]", text).splitlines()
