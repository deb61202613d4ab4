import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import namer, words
from minimaluser.rules import rules


def test_a_suggestion_is_adjective_animal_number_colour():
    adjective, animal, number, colour = namer.suggest().split("-")
    assert adjective in words.adjectives()
    assert animal in words.animals()
    assert re.fullmatch("[1-9][0-9]{5}", number)
    assert colour in words.colours()


def test_there_are_more_than_a_billion_nicknames():
    assert namer.combinations() > 10**9


def test_combinations_counts_every_choice():
    lists = (words.adjectives(), words.animals(), words.colours())
    a, b, c = map(len, lists)
    assert namer.combinations() == a * b * c * 900_000


def test_the_longest_nickname_still_fits():
    lists = (words.adjectives(), words.animals(), ["999999"], words.colours())
    longest = "-".join(max(entries, key=len) for entries in lists)
    assert len(longest) <= rules.nickname.longest


@given(st.randoms(use_true_random=False))
def test_every_suggestion_fits_and_names_its_colour(rng):
    nickname = namer.suggest(rng)
    assert rules.nickname.shortest <= len(nickname) <= rules.nickname.longest
    assert namer.colour_of(nickname) == words.colours()[nickname.rsplit("-", 1)[1]]


def test_the_same_rng_suggests_the_same():
    assert namer.suggest(random.Random(7)) == namer.suggest(random.Random(7))


def test_without_rng_the_systems_secure_source_chooses(monkeypatch):
    monkeypatch.setattr(namer.secrets, "SystemRandom", lambda: random.Random(7))
    assert namer.suggest() == namer.suggest(random.Random(7))
    assert namer.random_colour() == namer.random_colour(random.Random(7))


def test_a_thousand_suggestions_are_a_thousand_nicknames():
    assert len({namer.suggest() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("nickname", "colour"),
    [
        ("brave-otter-482913-teal", "#1a8a8a"),
        ("Brave-Otter-482913-TEAL", "#1a8a8a"),
        ("retired-dodo-100000-teal", "#1a8a8a"),
        ("brave-otter-482913-nocolour", None),
        ("brave-otter-48291-teal", None),
        ("brave-otter-teal", None),
        ("teal", None),
        ("brave-otter-482913-teal-", None),
        ("brave-otter-482913-teal\n", None),
        ("brave-otter-٤٨٢٩١٣-teal", None),
        ("ſilly-otter-482913-teal", None),
        ("brave-otter-482913-", None),
        ("", None),
    ],
)
def test_the_colour_of_a_nickname(nickname, colour):
    assert namer.colour_of(nickname) == colour


@given(st.text())
def test_any_text_may_be_asked_for_its_colour(text):
    assert namer.colour_of(text) in {None, *words.colours().values()}


def test_a_random_colour_is_one_of_ours():
    assert namer.random_colour() in words.colours().values()


def test_random_colours_vary():
    assert len({namer.random_colour(random.Random(seed)) for seed in range(200)}) > 40
