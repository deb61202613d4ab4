"""Signed tokens (TK1, TK2): good ones are read, and all others are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import tokens
from tests.lib.forgeries import CORPUS, HOUR, PURPOSE, SECRETS, START, by_pyjwt, issued, signed


def test_an_issued_token_is_read() -> None:
    token, identity = tokens.issue(SECRETS, PURPOSE, "7", HOUR, email="ann@example.org")
    claims = tokens.read(SECRETS, PURPOSE, token)
    assert claims["sub"] == "7"
    assert claims["jti"] == identity
    assert claims["email"] == "ann@example.org"


def test_TK1_a_token_says_what_it_is_and_has_128_random_bits() -> None:
    token, identity = tokens.issue(SECRETS, PURPOSE, "7", HOUR)
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert header["alg"] == "HS256"
    assert header["typ"] == "confirm+jwt"
    assert set(claims) == {"iss", "aud", "sub", "iat", "exp", "jti"}
    assert claims["exp"] - claims["iat"] == 3600
    assert len(bytes.fromhex(identity)) == 16


def test_TK1_no_claim_can_replace_ours() -> None:
    token, _ = tokens.issue(SECRETS, PURPOSE, "7", HOUR, iss="evil", jti="b", exp=2**33)
    claims = tokens.read(SECRETS, PURPOSE, token)
    assert claims["iss"] == tokens.ISSUER
    assert claims["jti"] != "b"
    assert claims["exp"] < 2**33


def test_the_tests_own_forger_makes_good_tokens_too() -> None:
    assert tokens.read(SECRETS, PURPOSE, signed({}))["sub"] == "7"
    key = tokens._key(SECRETS[0], PURPOSE)
    assert tokens.read(SECRETS, PURPOSE, by_pyjwt("HS256", key))["sub"] == "7"


@pytest.mark.parametrize("case", CORPUS)
def test_TK1_a_bad_token_is_refused(case: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read(SECRETS, PURPOSE, CORPUS[case]())


def test_TK1_links_inside_a_header_are_never_followed() -> None:
    hints = {"jku": "http://127.0.0.1:9/keys", "jwk": {"kty": "oct", "k": "eA"}, "x5u": "file:///"}
    assert tokens.read(SECRETS, PURPOSE, signed({}, hints))["sub"] == "7"
    with pytest.raises(tokens.BadToken):
        tokens.read(SECRETS, PURPOSE, signed({}, hints, key=b"x"))


def test_TK1_a_token_cut_anywhere_is_refused() -> None:
    token = issued()
    for length in range(len(token)):
        with pytest.raises(tokens.BadToken):
            tokens.read(SECRETS, PURPOSE, token[:length])


def test_TK1_a_token_with_any_byte_changed_is_refused() -> None:
    token = issued()
    for place, symbol in enumerate(token[:-1]):  # the last one has two bits that mean nothing
        other = "A" if symbol != "A" else "B"
        with pytest.raises(tokens.BadToken):
            tokens.read(SECRETS, PURPOSE, token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("one", ["confirm", "change-email", "undo-email", "reset-flow"])
@pytest.mark.parametrize("other", ["confirm", "change-email", "undo-email", "reset-flow"])
def test_TK2_a_token_is_good_for_its_own_purpose_alone(one: str, other: str) -> None:
    token, _ = tokens.issue(SECRETS, one, "7", HOUR)
    if one == other:
        tokens.read(SECRETS, other, token)
        return
    with pytest.raises(tokens.BadToken):
        tokens.read(SECRETS, other, token)


@pytest.mark.parametrize(
    ("seconds", "good"), [(-60, False), (0, True), (3599, True), (3629, True), (3631, False)]
)
def test_TK4_a_token_is_good_for_its_lifetime_and_30_seconds(seconds: int, good: bool) -> None:
    with time_machine.travel(START, tick=False):
        token = issued()
    with time_machine.travel(START + timedelta(seconds=seconds), tick=False):
        if good:
            tokens.read(SECRETS, PURPOSE, token)
        else:
            with pytest.raises(tokens.BadToken):
                tokens.read(SECRETS, PURPOSE, token)


def test_OP1_after_a_rotation_an_old_token_is_read_until_its_secret_is_gone() -> None:
    old, _ = tokens.issue(SECRETS[1:], PURPOSE, "7", HOUR)
    assert tokens.read(SECRETS, PURPOSE, old)["sub"] == "7"
    with pytest.raises(tokens.BadToken):
        tokens.read(SECRETS[:1], PURPOSE, old)


def test_OP1_the_newest_secret_signs() -> None:
    assert tokens.read(SECRETS[:1], PURPOSE, issued())["sub"] == "7"


def test_a_token_tells_nothing_of_the_secret() -> None:
    header = jwt.get_unverified_header(issued())
    assert header["kid"] not in tokens.digest(SECRETS[0])
    assert len(header["kid"]) == 8


def test_digests_are_sha_256_in_hexadecimal() -> None:
    assert tokens.digest("abc").startswith("ba7816bf8f01cfea414140de5dae2223")
    keyed = tokens.keyed_digest("Jefe", "what do ya want for nothing?")  # RFC 4231, case 2
    assert keyed.startswith("5bdcc146bf60754e6a042426089575c7")


@given(st.text(max_size=200))
def test_TK1_any_text_is_refused_in_the_same_way(text: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read(SECRETS, PURPOSE, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(["iss", "aud", "exp", "iat", "nbf"]), JSON)
def test_TK1_a_claim_of_any_type_is_read_or_refused_but_breaks_nothing(
    name: str, value: Any
) -> None:
    try:
        claims = tokens.read(SECRETS, PURPOSE, signed({name: value}))
    except tokens.BadToken:
        return
    assert claims["aud"] == PURPOSE
    assert claims["iss"] == tokens.ISSUER


@given(st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "zip", "cty"]), JSON)
def test_TK1_a_header_of_any_type_is_read_or_refused_but_breaks_nothing(
    name: str, value: Any
) -> None:
    try:
        claims = tokens.read(SECRETS, PURPOSE, signed({}, {name: value}))
    except tokens.BadToken:
        return
    assert claims["sub"] == "7"


@pytest.mark.parametrize("more", ["=", "==", " ", "\n", ".", "\0", "é"])
def test_TK1_a_good_token_with_anything_around_it_is_refused(more: str) -> None:
    token = issued()
    for changed in (token + more, more + token, token.replace(".", f"{more}.", 1)):
        with pytest.raises(tokens.BadToken):
            tokens.read(SECRETS, PURPOSE, changed)


@pytest.mark.parametrize("subject", ["", "-1", "1.0", "1 ", "٣", "0x1", "2147483648", "9" * 300])
def test_TK1_a_subject_that_is_no_id_is_refused(subject: str) -> None:
    assert tokens.number("2147483647") == 2147483647
    with pytest.raises(tokens.BadToken):
        tokens.number(subject)


@pytest.mark.parametrize("claim", ["iat", "exp"])
@pytest.mark.parametrize("moment", [1e308, 1e12, "9999999999", True, None, [9999999999]])
def test_TK1_a_time_that_is_no_whole_number_is_refused(claim: str, moment: object) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.read(SECRETS, PURPOSE, signed({claim: moment}))
