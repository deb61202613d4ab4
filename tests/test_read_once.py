"""What is typed is read once a request: by the form, or by the use case if there was no form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import email_validator
import pytest
from flask import Flask

from minimaluser import accounts
from minimaluser.lib import hashing, nicknames, strength
from minimaluser.rules import rules
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.sites import ANNS_KEY

pytestmark = pytest.mark.once

NEW_KEY = "eleven quiet boats in the fog"
READERS = {  # the costly part of reading each kind of input
    "address": (email_validator, "validate_email"),
    "nickname": (nicknames, "same"),
    "strength": (strength, "zxcvbn"),
    "key": (hashing, "verify_key"),
}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each kind of input was read since this was cleared."""
    seen: Counter[str] = Counter()

    def counted(kind: str, read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*typed: Any, **more: Any) -> Any:
            seen[kind] += 1
            return read(*typed, **more)

        return reading

    for kind, (module, name) in READERS.items():
        monkeypatch.setattr(module, name, counted(kind, getattr(module, name)))
    return seen


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("path", "form", "status", "once"),
    [
        ("/profile/nickname", {"nickname": "Ann the Great"}, 200, {"nickname"}),
        ("/profile/nickname", {"nickname": "Ann\u200bA"}, 422, {"nickname"}),
        ("/check/nickname/nickname", {"nickname": "Ann the Great"}, 200, {"nickname"}),
        ("/profile/email", {"email": "ann@new.example"}, 200, {"address"}),
        ("/profile/email", {"email": "ben@example.org"}, 200, {"address"}),
        ("/profile/email", {"email": "ann@example.org"}, 422, {"address"}),
        ("/check/email/email", {"email": "ann@new.example"}, 200, {"address"}),
        ("/key-entry", {"current_key": ANNS_KEY}, 200, {"key"}),
        (
            "/profile/key",
            {"current_key": ANNS_KEY, "new_key": NEW_KEY, "confirm_key": NEW_KEY},
            200,
            {"key", "strength"},
        ),
        ("/check/key/new_key", {"new_key": NEW_KEY}, 200, {"strength"}),
        ("/forgot-key", {"email": "ann@example.org"}, 200, {"address"}),
    ],
)
def test_the_input_of_somebody_logged_in_is_read_once(
    ann: Person,
    reads: Counter[str],
    path: str,
    form: dict[str, str],
    status: int,
    once: set[str],
    htmx: bool,
) -> None:
    token = ann.token()
    reads.clear()
    answer = ann.post(path, form, htmx=htmx, token=token)
    assert answer.status_code in ({status} if htmx or status == 422 else {200, 303})
    assert reads == dict.fromkeys(once, 1)


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(
    ("path", "form", "once"),
    [
        ("/login", {"email": "Ann@Example.org", "key": ANNS_KEY}, {"address", "key"}),
        ("/login", {"email": "nobody@example.org", "key": "x"}, {"address", "key"}),
        ("/login", {"email": "no address", "key": "x"}, {"address", "key"}),
        ("/forgot-key", {"email": "ann@example.org"}, {"address"}),
        ("/forgot-key", {"email": "nobody@example.org"}, {"address"}),
        ("/signup", {"email": "eve@example.org"}, {"address", "nickname"}),
        ("/signup", {"email": "ann@example.org"}, {"address", "nickname"}),
        ("/signup", {"email": "no address"}, {"address"}),
    ],
)
def test_the_input_of_a_guest_is_read_once(
    app: Flask,
    eve: Person,
    reads: Counter[str],
    private: bool,
    path: str,
    form: dict[str, str],
    once: set[str],
) -> None:
    change_settings(app, private_signup=private)
    token = eve.token()
    reads.clear()
    eve.post(path, form, token=token)
    assert reads == dict.fromkeys(once, 1)


@pytest.mark.parametrize("htmx", [False, True])
def test_an_address_is_read_once_before_the_key_is_asked_for_and_with_it(
    ben: Person, reads: Counter[str], htmx: bool
) -> None:
    token = ben.token()  # a mere sign-up, so the key has not been entered
    reads.clear()
    ben.post("/profile/email", {"email": "ben@new.example"}, htmx=htmx, token=token)
    assert reads["address"] == 1
    form = {"email": "ben@new.example", "current_key": "not the key at all"}
    reads.clear()
    assert ben.post("/profile/email", form, htmx=htmx, token=token).status_code == 422
    assert reads == {"address": 1, "key": 1}


def test_CR5_a_key_is_judged_again_by_words_that_only_the_use_case_may_know(
    ann: Person, eve: Person, reads: Counter[str]
) -> None:
    """Before the code is right, nobody may learn that a key is built on the owner's nickname."""
    page, code = eve.ask_for_code(ann.email)
    form = {"code": code, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    token = eve.token()
    reads.clear()
    assert eve.post(page, form, token=token).status_code == 303
    assert reads == {"strength": 2}


def test_without_a_form_a_use_case_reads_by_itself(
    app: Flask, ann: Person, reads: Counter[str]
) -> None:
    with app.app_context():
        reads.clear()
        accounts.create_user(" Flo@Example.org", "confirmed", NEW_KEY)
        assert reads == {"address": 1, "nickname": 1}
        with pytest.raises(accounts.Refused, match="does not look like"):
            accounts.create_user("no address", "confirmed", None)


@pytest.mark.parametrize("more", [[], ["ann@example.org"], ["ann@example.org", "Ann"]])
def test_CR5_a_key_counts_as_judged_only_for_words_that_were_known(more: list[str]) -> None:
    weak = "ann@example.org: hello"
    judged = strength.check("seven green trains at noon", rules.key, more)
    assert strength.check(judged, rules.key, more) is judged
    assert strength.check(judged, rules.key, [*more, "Small"]) is not judged
    with pytest.raises(strength.WeakKey):
        strength.check(strength.check(weak, rules.key, []), rules.key, ["ann@example.org"])
