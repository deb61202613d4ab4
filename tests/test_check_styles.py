"""`make check-parts` finds careless breaks of style sheets, and says the cause first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.planted import Break, file_of, is_found, line_of, text_of
from tests.planted_styles import STYLES
from tools.check_parts import causes, css, scripts, sources
from tools.check_parts.states import site
from tools.check_parts.world import World

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with site() as made:
        yield World(made, made.states())


def of_styles(world: World) -> list[str]:
    return [
        str(each) for each in causes.sequence(sources.of_styles(world, sources.bare(world.site)))
    ]


def some_at_once() -> list[Any]:
    """All breaks; each looks over all sheets again, so `make test` tries every fifth only."""
    return [
        pytest.param(each, marks=[pytest.mark.slow] if number % 5 else [])
        for number, each in enumerate(STYLES)
    ]


def test_nothing_is_wrong_with_the_style_sheets(world: World) -> None:
    assert of_styles(world) == []


@pytest.mark.parametrize(
    "planted", some_at_once(), ids=lambda each: f"{each.file[11:]}-{each.said}"
)
def test_what_is_wrong_with_a_style_sheet_is_told_first(
    world: World, monkeypatch: pytest.MonkeyPatch, planted: Break
) -> None:
    before = text_of(planted.file)
    assert planted.old in before
    after = before.replace(planted.old, planted.new, 1)
    unbroken = scripts.sources
    broken = {planted.file: after}
    monkeypatch.setattr(
        scripts, "sources", lambda ending: unbroken(ending) | (broken if ending == ".css" else {})
    )
    found = causes.sequence(sources.of_styles(world, sources.bare(world.site)))
    line = line_of(planted, before, after)
    assert is_found(planted, file_of(planted), line, found[:1]), "\n".join(map(str, found))


def test_a_lost_semicolon_hides_no_declaration() -> None:
    sheet = css.read("x.css", ".a {\n  color: red\n  margin: 0;\n}\n")
    assert [(each.line, each.name, each.value) for each in sheet.declarations] == [
        (2, "color", "red"),
        (3, "margin", "0"),
    ]
    assert [(each.line, each.mend) for each in sheet.wrong] == [(2, "write `color: red;`")]


def test_what_may_stand_in_a_sheet_is_read_without_complaint() -> None:
    text = """
@layer a, b;
@import "x.css" layer(a);
.a,
.b:is(:hover, :focus) {
  background: url("data:image/svg+xml;a{b}") no-repeat;
  grid-template: "list main" 1fr / 2rem 1fr;
  transition:
    opacity 1s,
    translate 1s;
  content: "a; b {";

  &:hover { color: red }

  @media (width < 40rem) { margin: 0; }
}
"""
    sheet = css.read("x.css", text)
    assert sheet.wrong == []
    assert [each.name for each in sheet.declarations] == [
        *("background", "grid-template", "transition", "content", "color", "margin"),
    ]
