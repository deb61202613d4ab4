"""Writes docs/evidence.md anew: `python -m tools.evidence`.

Tests are named as sentences, and those of security carry the ids of what they hold. The page has
for each requirement of docs/security.toml the sentences of its tests. Parts are left out, so
the page is the same without them.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from minimaluser import parts
from minimaluser.settings import ROOT
from tools.settings import filled

REQUIREMENTS, PAGE = ROOT / "docs" / "security.toml", ROOT / "docs" / "evidence.md"
FOLDERS = ("tests", "e2e")
OTHERS = {"grow"}  # is not taken along by a project
TEST = re.compile(r"^def test_(?P<ids>(?:(?:and_)?[A-Z]{2}\d+_)+)(?P<words>\w+)\(", re.MULTILINE)
ID = re.compile(r"[A-Z]{2}\d+")


def requirements() -> dict[str, dict[str, str]]:
    """Return for the title of each group its requirements: id to sentence."""
    said = tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))
    return {
        group.pop("title"): {f"{letters}{number}": text for number, text in group.items()}
        for letters, group in said.items()
    }


def found() -> dict[str, list[tuple[str, str]]]:
    """Return for each id its tests: file and name, but for those of parts."""
    tests: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in files():
        for test in TEST.finditer(path.read_text(encoding="utf-8")):
            name = f"test_{test['ids']}{test['words']}"
            for each in ID.findall(test["ids"]):
                tests[each].append((path.relative_to(ROOT).as_posix(), name))
    return tests


def files() -> Iterator[Path]:
    """Yield the test files that every product has."""
    left_out = OTHERS | {*parts.names()} - {"views"}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            if not left_out & {*path.relative_to(ROOT).parts}:
                yield path


def written() -> str:
    """Return what docs/evidence.md shall say."""
    return filled(PAGE, {"evidence": "\n".join(_lines()).strip()})


def sentence(name: str) -> str:
    """Return what the name of a test says, where `_s_` stands for an apostrophe and an s.

    >>> sentence("test_TK3_and_TK9_a_stranger_s_link_works_once")
    "a stranger's link works once"
    """
    words = re.sub(r"^test_((and_)?[A-Z]{2}\d+_)+", "", name).replace("_", " ")
    return re.sub(r" s\b", "'s", words)


def _lines() -> Iterator[str]:
    tests = found()
    for title, group in requirements().items():
        yield from (f"## {title}", "")
        for each, text in group.items():
            yield from (f"### {each}", "", text, "")
            by_file: dict[str, list[str]] = defaultdict(list)
            for file, name in tests[each]:
                by_file[file].append(sentence(name))
            yield from (f"- `{file}`: {'; '.join(told)}" for file, told in by_file.items())
            yield ""


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
