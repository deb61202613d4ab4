"""The forms of a key: the one that is hashed, and those that are tried (CR3, CR4, EN2)."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minimaluser.lib import hashing, keys
from minimaluser.lib.text import Lengths

LENGTHS = Lengths(15, 128, most_bytes=512)
GRANTED = "abcde-fghij-kmnpq-rst23"
NFC = unicodedata.normalize("NFC", "Schöne-grüße aus Bergön été 42")
NFD = unicodedata.normalize("NFD", NFC)
AS_TYPED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # as before `keys`
ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128)

quickly = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fits(chosen: str, typed: str) -> bool:
    hashed = hashing.hash_key(keys.clean(chosen, LENGTHS))
    return bool(keys.match(hashed, typed, LENGTHS))


@pytest.mark.parametrize(
    "typed",
    [
        GRANTED,
        f" {GRANTED}",
        f"{GRANTED}\r\n",
        f"\u200b{GRANTED}\ufeff",
        GRANTED.upper(),
        GRANTED.replace("-", " "),
        GRANTED.replace("-", ""),
        GRANTED.replace("-", "\u2011"),
        GRANTED.replace("-", "–"),
        GRANTED.replace("-", "-\n"),
        GRANTED.replace("-", "=\r\n-"),
        GRANTED.replace("-", "\u00ad"),
        GRANTED.upper().replace("-", "  "),
        "".join(chr(ord(one) + 0xFEE0) for one in GRANTED),
        f"„{GRANTED}“.",
        f"> {GRANTED}",
    ],
)
def test_a_granted_key_is_right_however_it_was_copied(typed: str) -> None:
    assert fits(GRANTED, typed)


@pytest.mark.parametrize(
    "typed",
    [
        GRANTED[:-1],
        f"{GRANTED}4",
        GRANTED.replace("a", "b"),
        f"{GRANTED} {GRANTED}",
        f"key {GRANTED}",
        f"{GRANTED[::-1]}",
    ],
)
def test_CR4_another_key_of_that_shape_is_wrong(typed: str) -> None:
    assert not fits(GRANTED, typed)


@pytest.mark.parametrize("around", ["{} ", " {}", "\t{}\n", "\u00a0{}", "{}\u200b", "\ufeff{}"])
@pytest.mark.parametrize("own", ["blue kettle sings at dawn", "kMnpqRstuvwXyz23456A", NFC])
def test_blanks_around_an_own_key_do_not_matter(own: str, around: str) -> None:
    assert fits(own, around.format(own))
    assert fits(around.format(own), own)
    assert fits(own, own)


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "\u200d", "\u202e"])
def test_what_nobody_sees_in_an_own_key_does_not_matter(unseen: str) -> None:
    own, pasted = "blue kettle sings at dawn", f"blue ket{unseen}tle sings{unseen} at dawn"
    assert fits(pasted, own)
    assert fits(own, pasted)
    before = hashing.hash_key(pasted)  # as it was hashed when that still stayed in
    assert keys.match(before, pasted, LENGTHS)


def test_a_tab_or_a_line_end_in_an_own_key_is_a_blank() -> None:
    assert fits("blue\tkettle\nsings at dawn", "blue kettle sings at dawn")


def test_an_own_key_composed_otherwise_is_the_same_key() -> None:
    for chosen in (NFC, NFD):
        for typed in (NFC, NFD, f" {NFD} ", NFC.replace(" ", "\u00a0"), NFD.replace(" ", "\u3000")):
            assert fits(chosen, typed)


def test_an_own_key_may_be_widened_by_an_input_method() -> None:
    assert fits("blue kettles of dawn 42", "ｂｌｕｅ　ｋｅｔｔｌｅｓ　ｏｆ　ｄａｗｎ　４２")


@pytest.mark.parametrize(
    "typed",
    [
        "Blue kettle sings at x\u00b2",
        "blue kettle sings at x2",
        "blue  kettle sings at x\u00b2",
        "bluekettlesingsatx\u00b2",
        "blue-kettle-sings-at-x\u00b2",
        "blue kettle sings at x",
        "blue kettle sings at x\u00b2.",
    ],
)
def test_CR4_an_own_key_keeps_what_it_has(typed: str) -> None:
    assert not fits("blue kettle sings at x\u00b2", typed)


@pytest.mark.parametrize("typed", ["kmnpqrstuvwxyz23456a", "kMnpq-RstuV-wXyz2-3456A"])
def test_CR4_an_own_key_that_looks_like_a_granted_one_is_none(typed: str) -> None:
    assert not fits("kMnpqRstuvwXyz23456A", typed)


@quickly
@given(ANY)
def test_a_hash_of_a_key_as_it_was_typed_goes_on_working(key: str) -> None:
    assert keys.match(AS_TYPED.hash(key), key, LENGTHS) or len(key.encode()) > 512


@pytest.mark.parametrize(
    "key", [NFD, f" {NFC} ", GRANTED.upper(), " abcdefghijkmnpqrst23 ", "k\u00a0y" * 9, " " * 15]
)
def test_a_hash_of_a_key_as_it_was_typed_becomes_one_of_the_clean_key(key: str) -> None:
    old = AS_TYPED.hash(key)
    assert hashing.is_outdated(old)
    clean = keys.match(old, key, LENGTHS)
    assert clean == keys.clean(key, LENGTHS)
    assert not hashing.is_outdated(hashing.hash_key(clean))


@quickly
@given(ANY)
def test_CR4_a_clean_key_is_clean_and_is_right_as_it_was_typed(key: str) -> None:
    clean = keys.clean(key, LENGTHS)
    assert clean
    assert keys.clean(clean, LENGTHS) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert fits(key, key) or len(clean.encode()) > 512


def test_CR3_no_blanks_go_that_a_key_needs_to_be_long_enough() -> None:
    assert keys.clean("short key 1    ", LENGTHS) == "short key 1    "
    assert not fits("short key 1    ", "short key 1")
    assert not fits(" " * 15, "x")


TYPED = ["a wrong key of ours", GRANTED, f"{GRANTED} ", "a wrong key of ours ", NFD, "k" * 4096]
TYPED += ["abcdefghijkmnpqrst23", " ABCDEFGHIJKMNPQRST23\u200b", "ｗｉｄｅ" * 6, " "]
TYPED += ["\u0301" * 4096]


@pytest.mark.parametrize("typed", TYPED)
def test_EN2_how_often_is_verified_depends_on_what_is_typed_alone(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    verify, tried = hashing.verify_key, []

    def count(hashed: str | None, key: str, most_bytes: int) -> bool:
        tried.append(key)
        return verify(hashed, key, most_bytes)

    monkeypatch.setattr(hashing, "verify_key", count)
    right = keys.clean(typed, LENGTHS)
    hashes = [None, "", hashing.hash_key("another"), hashing.hash_key(right), AS_TYPED.hash(typed)]
    times = []
    for hashed in hashes:
        tried.clear()
        keys.match(hashed, typed, LENGTHS)
        times.append(len(tried))
    assert len({*times}) == 1
    assert times[0] <= (1 if typed in TYPED[:2] else 2)
