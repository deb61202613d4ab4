"""SECURITY.md promises only what a test holds."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| (\*\*V)?\d", line)]


def defined() -> set[str]:
    files = [path for folder in ("tests", "e2e") for path in (ROOT / folder).rglob("test_*.py")]
    return {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_each_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    assert len(named) > 100
    assert named - defined() == set()


def test_each_promise_names_a_test() -> None:
    promises = [row for row in ROWS if "not used" not in row and not row.endswith("| | | |")]
    assert len(promises) > 40
    assert [row for row in promises if "`test_" not in row] == []


def test_each_chapter_of_asvs_is_spoken_of() -> None:
    chapters = [int(number) for number in re.findall(r"^\| \*\*V(\d+) ", TEXT, re.MULTILINE)]
    assert chapters == list(range(1, 18))
