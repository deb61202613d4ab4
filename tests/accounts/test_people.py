"""Finding people."""

from __future__ import annotations

import pytest

from minimaluser.models import people


@pytest.mark.parametrize("typed", ["ann@example.org", " ANN@EXAMPLE.ORG ", "Ann@Example.org"])
def test_somebody_is_found_however_the_address_is_typed(inside: None, typed: str) -> None:
    assert people.by_email(typed).email == "ann@example.org"


@pytest.mark.parametrize("typed", ["", "ann", "nobody@example.org", "ann@example.org\x00", "%"])
def test_nobody_is_found_for_anything_else(inside: None, typed: str) -> None:
    assert people.by_email(typed) is None
