"""The word lists are data that anybody may edit: these are the rules for doing so."""

import re
from itertools import combinations

import pytest

from minimaluser.lib import words

RUDE = re.compile(
    "cock|tit|arse|fag|coon|dyke|cunt|shit|fuck|slut|whore|homo|nazi|nigg|spic$|(?<!mus)tard$|(^|[^lp])ass$"
)


@pytest.mark.parametrize(
    ("entries", "least", "shortest", "longest"),
    [
        (words.adjectives(), 320, 3, 10),
        (words.animals(), 210, 2, 12),
        (tuple(words.colours()), 64, 3, 9),
    ],
    ids=["adjectives", "animals", "colours"],
)
class TestEachList:
    def test_is_long_enough(self, entries, least, shortest, longest):
        assert len(entries) >= least

    def test_holds_plain_lower_case_words(self, entries, least, shortest, longest):
        assert [word for word in entries if not re.fullmatch("[a-z]+", word)] == []

    def test_holds_words_of_the_right_length(self, entries, least, shortest, longest):
        assert [word for word in entries if not shortest <= len(word) <= longest] == []

    def test_is_sorted_and_says_nothing_twice(self, entries, least, shortest, longest):
        assert list(entries) == sorted(set(entries))

    def test_says_nothing_rude(self, entries, least, shortest, longest):
        assert [word for word in entries if RUDE.search(word)] == []


def test_no_word_stands_in_two_lists():
    lists = (words.adjectives(), words.animals(), words.colours())
    assert [set(one) & set(other) for one, other in combinations(lists, 2)] == [set()] * 3


def test_colours_are_lower_case_hex():
    bad = [v for v in words.colours().values() if not re.fullmatch("#[0-9a-f]{6}", v)]
    assert bad == []


def test_no_two_colours_are_nearly_the_same():
    near = [
        (one, other)
        for (one, a), (other, b) in combinations(words.colours().items(), 2)
        if sum(abs(x - y) for x, y in zip(_rgb(a), _rgb(b), strict=True)) < 20
    ]
    assert near == []


def test_colours_stand_out_from_a_white_and_from_a_black_page():
    dim = {
        name: light
        for name, value in words.colours().items()
        if not 0.08 < (light := _luminance(value)) < 0.62
    }
    assert dim == {}


def test_teal_is_the_teal_of_the_brand():
    assert words.colours()["teal"] == "#1a8a8a"


def test_no_caller_can_change_the_colours_of_all_others():
    with pytest.raises(TypeError):
        words.colours()["teal"] = "#000000"  # type: ignore[index]


def _rgb(colour):
    return bytes.fromhex(colour[1:])


def _luminance(colour):
    """Relative luminance as in WCAG 2.2."""
    shares = [channel / 255 for channel in _rgb(colour)]
    r, g, b = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
