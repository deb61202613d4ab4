"""The flows of docs/testing.md, as they stand there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from e2e.people import Person
from minimaluser.testing.processes import ROOT
from minimaluser.testing.settled import AT_REST

DOCS = ROOT / "docs" / "testing.md"
NAMES: dict[str, Any] = {}
for block in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL):
    exec(compile(block, str(DOCS), "exec"), NAMES)


def test_the_flow_from_outside_passes(page: Page) -> None:
    assert NAMES["AT_REST"] == AT_REST
    NAMES["test_somebody_signs_up_and_confirms"](page)


@pytest.mark.both_ways
def test_the_flow_from_inside_passes(page: Page, ann: Person) -> None:
    NAMES["test_a_nickname_is_seen_in_the_navbar"](page, ann)
