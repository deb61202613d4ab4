"""What is a nickname, and when are two the same (IN3)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import nicknames
from minimaluser.lib.text import Lengths

GOOD = {
    "anna": "anna",
    "  anna  ": "anna",
    "anna   maria": "anna maria",
    "brave-otter-482913-teal": "brave-otter-482913-teal",
    "Łukasz Żółć": "Łukasz Żółć",
    "ａｎｎａ": "anna",
    "ﬁona": "fiona",
    "anna\u00a0maria": "anna maria",
    "Zoe\u0308 Ann": "Zoë Ann",
    "数学が好き": "数学が好き",
    "😀😀😀😀": "😀😀😀😀",
    "😀" * 40: "😀" * 40,
    "n" * 40: "n" * 40,
    "<b>ann</b>": "<b>ann</b>",
    "{{7*7}}": "{{7*7}}",
}

BAD = [
    "",
    "ann",
    "    ",
    " a b ",
    "n" * 41,
    "ﷺ" * 3,  # one letter that NFKC makes eighteen
    "ᾲ" * 40,  # three bytes each, but five without regard to case
    "an\x00na",
    "an\nna",
    "an\tna",
    "an\x1bna",
    "an\x7fna",
    "an\x85na",
    "anna\u202eevil",  # right to left from here
    "anna\u2066evil",
    "an\u200bna",  # blank without width
    "an\u200cna",
    "an\u200dna",
    "an\u2060na",
    "an\ufeffna",
    "an\u00adna",  # soft hyphen
    "an\u2028na",
    "an\u2029na",
    "an\ud800na",  # half a character
    "an\ue000na",  # private use
    "an\uffffna",
    "an\u0378na",  # not assigned
    "a" + "\u0301" * 50,
    "anna" + "\u0336" * 4,
    "a\u0301\u0302\u0303\u0304\u0305nna",
    "\U000e0041nna\U000e0042",  # tags
]

INVISIBLE = [
    "\u3164\u3164\u3164\u3164",  # Hangul fillers: letters nobody sees
    "\u115f\u1160\u115f\u1160",
    "\uffa0\uffa0\uffa0\uffa0",
    "anna\u3164",
    "an\u034fna",  # combining grapheme joiner
    "an\u17b4na",
    "anna\ufe0f",  # variation selector
    "\u2800\u2800\u2800\u2800",  # Braille without a dot
]


def clean(text: str) -> str:
    return nicknames.parse(text, Lengths(4, 40, most_bytes=160)).shown


@pytest.mark.parametrize("typed", GOOD)
def test_IN3_a_good_nickname_is_cleaned(typed: str) -> None:
    assert clean(typed) == GOOD[typed]


@pytest.mark.parametrize("typed", BAD)
def test_IN3_a_bad_nickname_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(nicknames.BadNickname) as refusal:
        clean(typed)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("typed", INVISIBLE)
def test_IN3_invisible_letters_are_refused_or_left_out(typed: str) -> None:
    try:
        name = clean(typed)
    except nicknames.BadNickname:
        return
    assert name == "anna"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "aNNA"),
        ("STRASSE", "straße"),
        ("Zoe\u0308 Ann", "zoë ann"),
        ("ａｎｎａ", "Anna"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("\u212aatze", "katze"),
    ],
)
def test_IN3_nicknames_are_the_same_without_regard_to_case(one: str, other: str) -> None:
    assert nicknames.same(clean(one)) == nicknames.same(clean(other))


@given(st.text(max_size=60))
def test_IN3_any_text_is_a_clean_nickname_or_refused(text: str) -> None:
    try:
        name = clean(text)
    except nicknames.BadNickname:
        return
    assert 4 <= len(name) <= 40
    assert name == name.strip()
    assert "  " not in name
    assert unicodedata.is_normalized("NFKC", name)
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert len(name.encode()) <= 160
    assert len(nicknames.same(name).encode()) <= 160
    assert clean(name) == name
    assert nicknames.same(nicknames.same(name)) == nicknames.same(name)
