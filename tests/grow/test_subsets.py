"""Each choice of parts is a project that passes its own `make check`: `make subsets`."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from tests.grow.places import INSTALLED, begun, choices
from tests.test_tree import ROOT
from tools.grow.project import Project

PARTS = Project(ROOT).parts


@pytest.mark.parametrize("count", range(9))
def test_the_choices_try_each_pair_of_parts_in_every_state(count: int) -> None:
    parts = list("abcdefgh"[:count])
    found = [{*each} for each in choices(parts)]
    assert len(found) <= 16
    for one, two in combinations(parts, 2):
        states = {(one in each, two in each) for each in found}
        assert states == {*product((False, True), repeat=2)}


@pytest.mark.slow
@pytest.mark.parametrize("parts", choices(PARTS), ids=" ".join)
def test_a_project_with_these_parts_passes_its_check(parts: tuple[str, ...]) -> None:
    with begun(f"PARTS={' '.join(parts)}") as made:
        assert Project(made.folder).parts == list(parts)
        made.run("make", *INSTALLED, "check")
