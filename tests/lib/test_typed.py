"""What is typed, without what nobody can see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import typed

EMPTY = [" ", "\t", "\r\n", "\u00a0", "\u3000", "\u2028", "\u200b", "\ufeff", "\u00ad", "\u202a"]
EMPTY += ["\u2069", "\u2060", "\u200d", "\u3164", "\u2800", "\u200b \ufeff\n"]


@pytest.mark.parametrize("around", EMPTY)
def test_what_cannot_be_seen_around_a_text_goes(around: str) -> None:
    for text in (f"{around}a b", f"a b{around}", f"{around}a b{around}"):
        assert typed.strip(text) == typed.line(text) == "a b"


def test_within_a_line_blanks_stay_and_so_do_the_joiners_of_words() -> None:
    assert typed.line("a\u200bb\u00ad \tc\u200cd\u200de\nf") == "ab \tc\u200cd\u200de\nf"


def test_letters_that_an_input_method_has_widened_are_narrow_again() -> None:
    assert typed.line("ａｂＣ＠１２．ｄ。ｅ") == "abC@12.d.e"
    assert typed.line("äﬁ数") == "äﬁ数"


@pytest.mark.parametrize(
    "text",
    [
        "123456",
        " 123 456 ",
        "12 3456",
        "123-456",
        "123\u2011456",
        "1 2 3 4 5 6",
        "123456\n",
        "\u200e123\u00a0456\u2069",
        "123\u200b456",
        "\ufeff123456",
        "„123456“.",
        "１２３４５６",
        "１２３　４５６",
        "١٢٣٤٥٦",
        "१२३४५६",
        "①②③④⑤⑥",
        "1\ufe0f\u20e32\ufe0f\u20e33456",
    ],
)
def test_digits_are_digits_whatever_parts_them(text: str) -> None:
    assert typed.digits(text) == "123456"


@pytest.mark.parametrize("text", ["", " ", "12345a", "x123456", "12数3456", "Ⅻ", "⅐ l"])
def test_what_has_letters_has_no_digits(text: str) -> None:
    assert typed.digits(text) == ""


@given(st.text(max_size=40))
def test_any_text_is_read_the_same_the_second_time(text: str) -> None:
    assert typed.strip(typed.strip(text)) == typed.strip(text)
    assert typed.line(typed.line(text)) == typed.line(text)
    found = typed.digits(text)
    assert found == "" or (found.isascii() and found.isdecimal())
