"""No number with a unit stands anywhere but in the rules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from minimaluser.settings import ROOT
from tests import literals
from tests.test_rules import RULES

TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
# In templates and none of ours: a blank for lawyers, a way to speak, a word of HTML.
NO_RULES = {"[30 days]", "one day, may we", "one-time-code"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_template_has_a_number_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for known in NO_RULES:
        text = text.replace(known, "")
    assert literals.in_template(text) == []


def test_no_message_has_a_number_of_its_own() -> None:
    paths = sorted((ROOT / "minimaluser").rglob("*.py"))
    found = {
        path.name: list(literals.in_python(path.read_text(encoding="utf-8"))) for path in paths
    }
    assert {name: each for name, each in found.items() if each} == {}


def test_no_script_has_a_number_of_its_own() -> None:
    paths = sorted((ROOT / "static" / "src" / "js").glob("*.js"))
    found = {path.name: literals.in_script(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(
    "text",
    ["for <strong>7 days</strong>", "a six-digit code", "at least 15 characters", "Ten minutes",
     "five times in a row", "7 more days", "1,000 bytes"],
)  # fmt: skip
def test_a_number_beside_a_unit_is_found(text: str) -> None:
    assert len(literals.in_template(text)) == 1
    assert len(list(literals.in_python(f"'''A module.'''\nWORDS = {text!r}"))) == 1
    assert len(literals.in_script(f'say("{text}"); // for 3 days')) == 1


def test_a_number_that_is_printed_from_the_rules_is_none() -> None:
    assert literals.in_template("{# 7 days #}for {{ rules.undo_closing | span }}") == []
    assert (
        list(literals.in_python('"""For 7 days."""\nSAID = f"at least {least} characters"')) == []
    )


def test_no_lifetime_is_made_outside_of_the_rules() -> None:
    """A `timedelta` of days, hours or minutes elsewhere would be a rule."""
    allowed = {"blanks.py", "contract.py", "retention.py"}  # sample values, the other app, leeway
    found = set()
    for path in sorted((ROOT / "minimaluser").rglob("*.py")):
        if path == RULES or path.name in allowed or "lib" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "timedelta":
                found |= {
                    f"{path.name}: {ast.unparse(call)}"
                    for each in call.keywords
                    if isinstance(each.value, ast.Constant)
                }
    assert found == {"__init__.py: timedelta(seconds=300)"}  # how long it pauses after a mistake
