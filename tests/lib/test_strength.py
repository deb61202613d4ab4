"""Which access keys are good enough (CR3, CR5)."""

from __future__ import annotations

import pytest

from minimaluser.lib import strength
from minimaluser.lib.text import Lengths

LENGTHS = Lengths(15, 128, most_bytes=512)
OWN = ["ann.catlover@example.org", "brave-otter-482913-teal", "Happy+Garden"]
SENTENCE = "Vq7 marmots wade 19 rivers, hum ~ a tune & never look back at us; "

GOOD = [
    "blue kettle sings at dawn",
    "seven green trains at noon",
    "correct horse battery staple gun",
    "abcde-fghij-kmnpq-rstuw",
    "onlylowercaselettersbutmanyofthem",
    "zwölf Möwen über Büsum",
    "  blanks count, both ends  ",
    "пять зелёных поездов в полдень",
    "😀🐈 chase 🦊 over the ⛰ again",
    "blue kettle sings at dawn, says brave-otter",
]

TOO_SHORT = ["", "short", "x" * 14, "blue kettle 14", "x\u200by" * 7]
TOO_LONG = [(SENTENCE * 2)[:129], "日本語の鍵" * 26, "😀🐈🦊" * 43, "x" * 5000]
COMMON = [
    "ｐａｓｓｗｏｒｄ１２３４５６７",
    "password1234567",
    "passwordpassword",
    "qwertyuiopasdfgh",
    "qwertyuiop123456",
    "1q2w3e4r5t6y7u8i",
    "iloveyouiloveyou",
    "letmeinletmeinletmein",
    "administrator123",
    "123456789012345",
    "1234567890123456",
    "passwordpasswordpassword",
    "password password",
    "Passwordpassword1!",
    "iloveyou iloveyou",
    "abcd efgh ijkl mnop",
    "1234 5678 9012 345",
    "p@ssw0rdp@ssw0rd",
    "password12345678",
    "qazwsxedcrfvtgb",
    "zxcvbnmasdfghjkl",
    "welcomewelcome1",
    "monkeymonkeymonkey",
    "sunshinesunshine",
    "1qaz2wsx3edc4rfv",
    "qwerty1234567890",
    "abc123abc123abc123",
    "football12345678",
    "superman12345678",
    "dragondragondragon",
    "baseballbaseball",
    "masterpassword12",
    "trustno1trustno1",
    "princess12345678",
    "changemechangeme",
    "passwordadmin123",
    "qwertyqwertyqwerty",
    "111111222222333333",
    "asdfghjkl1234567",
    "michaelmichael12",
    "whateverwhatever",
    "computercomputer",
    "secretsecretsecret",
]
PATTERNS = [
    "a" * 15,
    "ab" * 10,
    "abc" * 6,
    "abcabcabcabcabcab",
    "111111111111111",
    "0123456789:;<=>?",
    "abcdefghijklmnop",
    "ponmlkjihgfedcba",
    "ABCDEFGHIJKLMNOP",
    "dogs!dogs!dogs!dogs!",
    "xyzabcdefghijklmnop",
]
BUILT_ON_OWN_WORDS = [
    "ann.catlover@example.org",
    "ANN.CATLOVER@EXAMPLE.ORG",
    "catlover1234567",
    "catlovercatlover2",
    "brave-otter-482913-teal",
    "brave-otter-482913",
    "Happy+Garden1234",
    "happygarden happy+garden",
    "otter482913brave",
]


@pytest.mark.parametrize("key", GOOD)
def test_CR3_CR4_a_good_key_is_accepted_whatever_it_is_made_of(key: str) -> None:
    strength.check(key, LENGTHS, OWN)


@pytest.mark.parametrize("key", TOO_SHORT)
def test_CR3_less_than_15_characters_are_too_short(key: str) -> None:
    with pytest.raises(strength.WeakKey, match="at least 15"):
        strength.check(key, LENGTHS)


@pytest.mark.parametrize("key", TOO_LONG)
def test_CR3_more_than_128_characters_or_512_bytes_are_too_long(key: str) -> None:
    with pytest.raises(strength.WeakKey, match="at most 128"):
        strength.check(key, LENGTHS)


@pytest.mark.parametrize("length", [15, 64, 72, 73, 128])
def test_CR3_lengths_from_15_to_128_are_accepted(length: int) -> None:
    strength.check((SENTENCE * 2)[:length], LENGTHS)


@pytest.mark.parametrize("key", COMMON)
def test_CR5_a_common_key_is_refused_with_a_reason(key: str) -> None:
    with pytest.raises(strength.WeakKey, match=r"common|repeats|sequence"):
        strength.check(key, LENGTHS)


@pytest.mark.parametrize("key", PATTERNS)
def test_CR5_a_repeat_or_a_sequence_is_refused(key: str) -> None:
    with pytest.raises(strength.WeakKey, match=r"repeats itself or follows a sequence|common"):
        strength.check(key, LENGTHS)


@pytest.mark.parametrize("key", BUILT_ON_OWN_WORDS)
def test_CR5_a_key_built_on_address_nickname_or_site_name_is_refused(key: str) -> None:
    with pytest.raises(strength.WeakKey):
        strength.check(key, LENGTHS, OWN)


@pytest.mark.parametrize("key", ["blue kettle \x00 at dawn", "blue kettle \ud800 at dawn"])
def test_CR3_what_nobody_can_type_is_refused(key: str) -> None:
    with pytest.raises(strength.WeakKey, match="cannot be typed"):
        strength.check(key, LENGTHS)


def test_CR5_more_than_3000_common_keys_that_are_long_enough_are_known() -> None:
    found = strength.common(LENGTHS.shortest)
    assert len([key for key in found if len(key) >= LENGTHS.shortest]) > 3000


def test_CR5_50_common_keys_are_refused_with_the_reason() -> None:
    found = sorted(key for key in strength.common(LENGTHS.shortest) if 15 <= len(key) <= 64)
    samples = found[:: len(found) // 49]
    assert len(samples) >= 50
    for key in [*samples, "correct horse battery staple", "Correct-Horse-Battery-Staple-1"]:
        with pytest.raises(strength.WeakKey, match=r"common|repeats"):
            strength.check(key, LENGTHS)


def test_CR5_the_list_itself_refuses_what_an_estimate_would_let_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strength, "zxcvbn", lambda *_, **__: {"score": 4})
    for key in ("polniypizdec0211", "dragonqwertyuiop", "monkeypassword123"):
        with pytest.raises(strength.WeakKey, match="too common"):
            strength.check(key, LENGTHS)
    strength.check("seven green trains at noon", LENGTHS)
