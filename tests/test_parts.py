"""Each part is taken out of a copy of the project, as `minimaluser/parts.py` says; the rest works.

`make unit` runs what would notice first; `make parts` lint and all unit tests, on both databases.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from minimaluser import parts
from tests import stock
from tests.copies import QUIET, Copy, copied
from tests.test_tree import ROOT

PRODUCT = [name for name in stock.names() if name not in {"views", "club"}]
MAY_NAME_IT = {"CHANGELOG.md"}
TELLING = (
    "tests/test_check_parts.py::test_nothing_is_wrong_with_any_state",
    *("tests/test_contracts.py", "tests/test_security.py", "tests/test_tree.py"),
    *("tests/views/test_pages.py", "tests/views/test_gallery.py", "tests/views/test_pwa.py"),
    *("tests/views/test_seo.py", "tests/test_migrations.py", "tests/test_cli.py"),
)


def recipe(part: str) -> list[str]:
    """The commands that take a part out."""
    said = (parts.__doc__ or "").replace("<part>", part)
    return re.findall(r"^ {4}((?:git|perl|python) .*)$", said, re.MULTILINE)


@dataclass
class Without(Copy):
    part: str


@pytest.fixture(scope="module", params=PRODUCT)
def copy(request: pytest.FixtureRequest) -> Iterator[Without]:
    """The project without a part, and its browser's files built."""
    folder = Path(tempfile.mkdtemp(prefix="without-"))
    folder.chmod(0o755)  # nginx reads its pages there as somebody else
    made = Without(copied(folder / "site").folder, request.param)
    for line in recipe(made.part):
        made.run("sh", "-c", line)
    made.run("node", "tools/assets.mjs")
    yield made
    shutil.rmtree(folder)


def test_the_readme_says_how_to_take_a_part_out() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [line for line in recipe("<part>") if line not in readme] == []


def test_nothing_of_it_is_left(copy: Without) -> None:
    theirs = {module.__name__: module.WORDS for module in stock.brought("stock")}
    its = [copy.part, *(words for name, words in theirs.items() if f".{copy.part}." in name)]
    words = re.compile("|".join(its), re.IGNORECASE)
    names = copy.run("git", "ls-files", "--cached", "-z").split("\0")
    found = {name for name in names if words.search(name)}
    for path in (copy.folder / name for name in names if name):
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content and words.search(content.decode()):
            found.add(path.relative_to(copy.folder).as_posix())
    assert found == MAY_NAME_IT


def test_the_site_works_without_it(copy: Without) -> None:
    copy.run("ruff", "check", ".")
    copy.run("pytest", *QUIET, *TELLING)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["lint", "unit"])
def test_everything_passes_without_it(copy: Without, target: str) -> None:
    copy.run("make", "-o", "install", "-o", "static/build/manifest.json", target)
