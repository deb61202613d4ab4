"""The language in which states name samples."""

from __future__ import annotations

from typing import Any

import pytest

from minimaluser.views.dev.notation import BadNotation, Sample, read


def somebody(name: str = "Ann", age: Any = None, friend: str = "") -> str:
    return f"{name}, {age!r}, {friend}"


SAMPLES = {"somebody": Sample(somebody), "none": Sample(lambda: None)}


@pytest.mark.parametrize(
    ("written", "made"),
    [
        (3, 3),
        (True, True),
        ("plain", "plain"),
        ("@@plain", "@plain"),
        ("@none", None),
        ("@somebody", "Ann, None, "),
        ("@somebody()", "Ann, None, "),
        ("@somebody(name=W*3, age=-4)", "WWW, -4, "),
        ("@somebody( name = 'two words' , age = true )", "two words, True, "),
        ("@somebody(name='ab'*2, age=none)", "abab, None, "),
        ("@somebody(friend=@somebody(name=Bob))", "Ann, None, Bob, None, "),
        (["@none", 1, ["@@a"]], (None, 1, ("@a",))),
        ({"a": "@none"}, {"a": None}),
    ],
)
def test_a_value_is_made_of_what_is_written(written: Any, made: Any) -> None:
    assert read(written, SAMPLES).make() == made


@pytest.mark.parametrize(
    ("written", "word", "mend"),
    [
        ("@sombody", "@sombody", "did you mean `somebody`?"),
        ("@nothing_like_it", "@nothing_like_it", "there are @none, @somebody"),
        ("@somebody(nam=1)", "nam", "did you mean `name`?"),
        ("@none(a=1)", "a", "it takes nothing"),
        ("@somebody(name)", "@somebody(name)", "@somebody(argument=value)"),
        ("@somebody(name=1", "@somebody(name=1", "close the bracket"),
        ("@somebody(name=1 age=2)", "@somebody(name=1 age=2)", "a comma"),
        ("@somebody(name=W*x)", "@somebody(name=W*x)", "W*40"),
        ("@somebody(name=,)", "@somebody(name=,)", "'a text'"),
        ("@somebody)", "@somebody)", "nothing behind it"),
        ("@", "@", "the name of a sample"),
        ("@somebody(name=@none(a=1))", "a", "it takes nothing"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_write(written: str, word: str, mend: str) -> None:
    with pytest.raises(BadNotation) as problem:
        read(written, SAMPLES)
    assert problem.value.word == word
    assert mend in problem.value.mend
