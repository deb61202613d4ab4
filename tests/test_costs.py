"""Nothing that a stranger can send costs more than it should (CR8, IN1, IN4).

The worst input known for each part it goes through, at half its greatest size and at the whole:
what it costs grows no faster than it does, or stays below what the worst key may cost.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from zxcvbn import matching

from minimaluser.forms import CHECKED
from minimaluser.lib import strength, tokens
from minimaluser.rules import rules
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import HTMX
from minimaluser.testing.work import Work, lines_of, measure
from tests.costly import (
    BODIES,
    CODES,
    COOKIES,
    EMAILS,
    HEADERS,
    KEYS,
    KINDS,
    NAMES,
    PATHS,
    SIGNS,
    VALUES,
    Maker,
)

pytestmark = pytest.mark.once

URL, HEADER, BODY = 4000, 8000, 60_000  # what nginx, gunicorn and the site let pass
MOST_STATEMENTS, MOST_HASHES = 60, 2
GROWTH, GRACE = 2.5, 3000  # lines, for what is done once for a long input


@pytest.fixture(scope="module")
def ceiling() -> int:
    """Ten times what an ordinary key costs that is as long as one is read."""
    letters = random.Random(1).choices(string.ascii_lowercase, k=strength.READ_AT_MOST)
    work = Work()
    strength.common(rules.key.shortest)
    with lines_of(work):
        strength.check("".join(letters), rules.key)
    return 10 * work.lines


def insist(app: Flask, deed: Callable[[int], Any], size: int, ceiling: int) -> Work:
    """Do it with little, half and all; the work must be bounded."""
    deed(1)  # templates are compiled, caches filled
    little, half, all_ = (measure(app, lambda n=n: deed(n)) for n in (1, size // 2, size))
    growth = GROWTH * max(0, half.lines - little.lines) + GRACE
    assert all_.lines - little.lines <= growth or all_.lines <= ceiling, (little, half, all_)
    assert all_.lines <= max(ceiling, 20 * size)
    assert all_.statements <= MOST_STATEMENTS
    assert all_.statements <= max(half.statements, little.statements) + 2
    assert all_.hashes <= MOST_HASHES
    assert all_.hashed_bytes <= 512
    assert all_.normalised <= 1000
    return all_


@pytest.mark.parametrize("kind", KEYS)
def test_CR8_the_worst_key_known_costs_little_more_than_any(kind: str, ceiling: int) -> None:
    for length in (rules.key.shortest, 24, 36, 48, strength.READ_AT_MOST, rules.key.longest, 4096):
        work = Work()
        with lines_of(work), suppress(strength.WeakKey):
            strength.check(
                KEYS[kind](length)[:length], rules.key, ["ann.catlover@example.org", "x" * 254]
            )
        assert work.lines <= ceiling, length


@given(st.text(alphabet=SIGNS + string.ascii_letters, min_size=15, max_size=72))
@example((SIGNS * 4)[:72])
@settings(max_examples=200)
def test_CR8_no_key_is_read_in_more_ways_than_it_may(key: str) -> None:
    shown = strength._readable(key)
    ways = matching.enumerate_l33t_subs(matching.relevant_l33t_subtable(shown, matching.L33T_TABLE))
    assert len(ways) * len(key) ** 2 <= 2 * strength.MOST_PARTS


@given(st.text(alphabet=SIGNS + "abcdeopsw", min_size=4, max_size=14))
@example("p@ssw0rd({[<1!|")
@settings(max_examples=100)
def test_CR5_a_key_looks_no_weaker_for_what_is_left_out(key: str) -> None:
    full = strength.zxcvbn(key, max_length=72)["guesses"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strength, "MOST_PARTS", 4 * len(key) ** 2)
        shown = strength._readable(key)
    assert strength.zxcvbn(shown, max_length=72)["guesses"] >= full


@pytest.mark.parametrize("word", ["password", "princess", "iloveyou", "sunshine", "basketball"])
def test_CR5_a_common_word_in_signs_is_judged_as_a_whole(word: str) -> None:
    spelt = {"a": "4@", "c": "(", "e": "3", "i": "1!", "o": "0", "s": "$5", "l": "1", "t": "7+"}
    for signs in product(*(spelt.get(letter, letter) for letter in word)):
        for key in ("".join(signs) * 2, "".join(signs) + "1234567890", word + "!@#$%^&*()"):
            assert strength._readable(key) == key
    for key in ("p@ssw0rdp@ssw0rd", "p@$$w0rd12345678", "1l0v3y0u1l0v3y0u", "b@sk3tb@llb@sk3tb@ll"):
        with pytest.raises(strength.WeakKey):
            strength.check(key, rules.key)


@pytest.mark.usefixtures("no_limits")
@pytest.mark.parametrize(
    ("form", "field"),
    [
        (name, field.removeprefix("live_"))
        for name, form in CHECKED.items()
        for field in dir(form)
        if field.startswith("live_") and field != "live_checks"
    ],
)
@pytest.mark.parametrize("who", ["guest", "ann"])
def test_CR8_a_field_that_is_checked_costs_no_more_than_it_is_long(
    app: Flask, ann: Person, ceiling: int, who: str, form: str, field: str
) -> None:
    person = ann if who == "ann" else ann.elsewhere()
    token = person.token()
    for make in KINDS[field].values():

        def check(size: int, make: Maker = make) -> None:
            data = {field: make(size)[: rules.field_longest]}
            answer = person.post(f"/check/{form}/{field}", data, htmx=True, token=token)
            assert answer.status_code == 200

        for size in (72, 240, rules.field_longest):
            insist(app, check, size, ceiling)


FORMS = {
    "/login": {"email": EMAILS, "key": KEYS, "next": PATHS},
    "/signup": {"email": EMAILS},
    "/forgot-key": {"email": EMAILS},
    "/reset-key/x.y.z": {"code": CODES, "new_key": KEYS},
    "/profile/key": {"current_key": KEYS, "new_key": KEYS},
    "/profile/nickname": {"nickname": NAMES},
    "/profile/delete": {"current_key": KEYS},
    "/profile/email": {"email": EMAILS},
    "/profile/tile": {"seed": KEYS},
    "/cookies": {"next": PATHS},
}


@pytest.mark.usefixtures("no_limits")
@pytest.mark.parametrize("path", FORMS)
def test_CR8_a_form_costs_no_more_than_it_is_long(
    app: Flask, ann: Person, ceiling: int, path: str
) -> None:
    person = ann if path.startswith("/profile") else ann.elsewhere()
    token = person.token()
    others = {"new_key": "x", "confirm_key": "x", "email": "x", "current_key": "x", "code": "1"}
    for field, kinds in FORMS[path].items():
        for make in list(kinds.values())[:4]:

            def send(size: int, make: Maker = make, field: str = field) -> None:
                form = {**others, field: make(size)[: rules.field_longest]}
                assert person.post(path, form, htmx=True, token=token).status_code < 500

            insist(app, send, rules.field_longest, ceiling)


@pytest.mark.parametrize("kind", BODIES)
def test_IN1_a_body_costs_no_more_than_it_is_long(app: Flask, ann: Person, kind: str) -> None:
    token = ann.token()
    headers = {"Sec-Fetch-Site": "same-origin", **HTMX}

    def send(size: int) -> None:
        body = f"csrf_token={token}&{BODIES[kind](size)}"
        form = {"content_type": "application/x-www-form-urlencoded", "headers": headers}
        answer = ann.client.post("/check/signup/email", data=body, **form)
        assert answer.status_code < 500

    insist(app, send, BODY, 0)


@pytest.mark.parametrize("kind", PATHS)
def test_IN1_an_address_costs_no_more_than_it_is_long(app: Flask, ann: Person, kind: str) -> None:
    insist(app, lambda size: ann.client.get(PATHS[kind](size)), URL, 0)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("path", ["/cookies", "/static/manifest.json"])
def test_IN1_a_header_costs_no_more_than_it_is_long(
    app: Flask, ann: Person, header: str, path: str
) -> None:
    for make in VALUES.values():

        def ask(size: int, make: Maker = make) -> None:
            headers = {**HTMX, header: make(size)}
            assert ann.get(path, headers=headers).status_code < 500

        insist(app, ask, HEADER, 0)


@pytest.mark.parametrize("kind", COOKIES)
def test_IN1_a_cookie_costs_no_more_than_it_is_long(app: Flask, ann: Person, kind: str) -> None:
    for path in ("/cookies", "/confirm/link"):

        def ask(size: int, path: str = path) -> None:
            headers = {**HTMX, "Cookie": COOKIES[kind](size)}
            assert ann.get(path, headers=headers).status_code < 500

        insist(app, ask, HEADER, 0)


@pytest.mark.parametrize("deep", ["[", '{"a":'])
def test_IN4_a_token_nested_as_deep_as_it_can_be_is_refused(app: Flask, deep: str) -> None:
    header = base64.urlsafe_b64encode((deep * 700).encode()).decode().strip("=")
    for token in (f"{header[:1000]}.e30.x", f"e30.{header[:1000]}.x"):
        with pytest.raises(tokens.BadToken):
            tokens.read(["secret of a test"], "confirm", token)
