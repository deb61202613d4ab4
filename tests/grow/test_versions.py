"""The changelog names the versions and the commits that they end at."""

from __future__ import annotations

import tomllib

import pytest

from tests.test_tree import ROOT
from tools.grow import git, versions

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SAMPLE = """# Changelog

## 0.3.0
- New.

## 0.2.1 (ends at 0123456789ab)
Do this.

- Mended.

## 0.2.0 (ends at abcdef0)
- Old.
"""


def test_versions_are_read_from_a_changelog() -> None:
    found = versions.read(SAMPLE)
    assert [(each.name, each.commit) for each in found] == [
        ("0.3.0", ""),
        ("0.2.1", "0123456789ab"),
        ("0.2.0", "abcdef0"),
    ]
    assert found[1].notes == "Do this.\n\n- Mended."


def test_each_section_is_a_version_and_only_the_newest_is_open() -> None:
    found = versions.read(TEXT)
    assert len(found) == TEXT.count("\n## ")
    assert [bool(each.commit) for each in found] == [False, *(True for _ in found[1:])]
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert found[0].name == said["project"]["version"]
    numbers = [tuple(map(int, each.name.split("."))) for each in found]
    assert numbers == sorted({*numbers}, reverse=True)


@pytest.mark.parametrize("version", versions.read(TEXT)[1:], ids=lambda each: each.name)
def test_a_version_ends_at_a_commit_that_says_so(version: versions.Version) -> None:
    if git.asks(ROOT, "rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("the history is not here")
    if not git.asks(ROOT, "log", "-1", "--format=%H", version.commit):
        only = git.git(ROOT, "rev-list", "--count", "HEAD")
        assert int(only) < 10, "a copy for a test has no history; this one has lost a version"
        pytest.skip("this is a copy")
    assert versions.name_at(ROOT, version.commit) == version.name
    assert versions.commit_of(ROOT, version.name).startswith(version.commit)
