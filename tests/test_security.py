"""docs/security.md promises only what tests hold; docs/evidence.md names those that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import evidence

pytestmark = pytest.mark.once
ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PAGE = evidence.PAGE.read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| (\*\*V)?\d", line)]
REQUIRED = {each for group in evidence.requirements().values() for each in group}
GROUPS = "|".join({each[:2] for each in REQUIRED})
AGAIN = "python -m tools.evidence writes it anew"


def defined() -> set[str]:
    files = [path for folder in ("tests", "e2e") for path in (ROOT / folder).rglob("test_*.py")]
    return {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_each_promise_names_what_holds_it() -> None:
    promises = [row for row in ROWS if "not used" not in row and not row.endswith("| | | |")]
    assert len(promises) > 40
    for row in promises:
        holds = re.findall(r"[^, ]+", row.split("|")[-2])
        assert holds, row
        named = {each.strip("`") for each in holds}
        assert named - REQUIRED - defined() == set(), row


def test_every_requirement_that_is_named_is_said_in_words() -> None:
    named = set(re.findall(rf"\b(?:{GROUPS})\d+\b", TEXT))
    assert named - REQUIRED == set()
    assert {*evidence.found()} - REQUIRED == set(), "say them in docs/security.toml"


def test_each_requirement_has_tests() -> None:
    assert REQUIRED - {*evidence.found()} == set()
    assert len(REQUIRED) > 80


def test_the_evidence_names_only_tests_that_there_are() -> None:
    """One that is new may be missing until the page is written anew."""
    there = {
        (each, file, evidence.sentence(name))
        for each, tests in evidence.found().items()
        for file, name in tests
    }
    listed = set()
    for each, block in re.findall(
        r"^### (\w+)\n(.*?)(?=^##|\Z|^<!)", PAGE, re.MULTILINE | re.DOTALL
    ):
        for file, told in re.findall(r"^- `([^`]+)`: (.*)$", block, re.MULTILINE):
            listed |= {(each, file, sentence) for sentence in told.split("; ")}
    assert {each for each, _, _ in listed} == REQUIRED, AGAIN
    assert listed - there == set(), AGAIN


def test_the_evidence_says_what_the_requirements_say() -> None:
    for title, group in evidence.requirements().items():
        assert f"\n## {title}\n" in PAGE, AGAIN
        for each, text in group.items():
            assert f"\n### {each}\n\n{text}\n" in PAGE, AGAIN


def test_each_chapter_of_asvs_is_spoken_of() -> None:
    chapters = [int(number) for number in re.findall(r"^\| \*\*V(\d+) ", TEXT, re.MULTILINE)]
    assert chapters == list(range(1, 18))
