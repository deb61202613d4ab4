"""Each part is taken out of a copy of the project by `make remove`; the rest works.

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

from tests import stock
from tests.copies import QUIET, SOMEBODY, Copy, copied

PRODUCT = [name for name in stock.names() if name not in {"views", "club"}]
MAY_NAME_IT = re.compile(r"CHANGELOG.md|migrations/removed/.*")
NO_WORDS = r"(?!)"  # matches nothing
TELLING = (
    "tests/test_check_parts.py::test_nothing_is_wrong_with_any_state",
    *("tests/test_contracts.py", "tests/test_security.py", "tests/test_tree.py"),
    *("tests/views/test_pages.py", "tests/views/test_gallery.py", "tests/views/test_pwa.py"),
    *("tests/views/test_seo.py", "tests/test_migrations.py", "tests/test_cli.py"),
)


@dataclass
class Without(Copy):
    part: str


@pytest.fixture(scope="module", params=PRODUCT)
def copy(request: pytest.FixtureRequest) -> Iterator[Without]:
    """The project without a part, and its browser's files built."""
    folder = Path(tempfile.mkdtemp(prefix="without-"))
    folder.chmod(0o755)  # nginx reads its pages there as somebody else
    made = Without(copied(folder / "site").folder, request.param)
    made.run("python", "-m", "tools.grow", "remove", f"PART={made.part}")
    made.run("node", "tools/assets.mjs")
    yield made
    shutil.rmtree(folder)


def test_nothing_of_it_is_left(copy: Without) -> None:
    """No file of its own, and in no other file a word that only it has."""
    stocks = {module.__name__: module for module in stock.brought("stock")}
    said = getattr(stocks.get(f"tests.{copy.part}.stock"), "WORDS", NO_WORDS)
    words = re.compile(said, re.IGNORECASE)
    name = re.compile(rf"(?<![a-z]){copy.part}(?![a-z])")
    files = copy.run("git", "ls-files", "--cached", "-z").split("\0")
    found = {file for file in files if name.search(file) or words.search(file)}
    for path in (copy.folder / file for file in files if file):
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content and words.search(content.decode()):
            found.add(path.relative_to(copy.folder).as_posix())
    assert [file for file in sorted(found) if not MAY_NAME_IT.fullmatch(file)] == []


def test_a_part_comes_back_as_it_was_and_goes_again(copy: Without) -> None:
    """Twice the same trees."""
    copy.commit()
    without = copy.run("git", "rev-parse", "HEAD^{tree}")
    words = ("python", "-m", "tools.grow")
    copy.run(*words, "add", f"PART={copy.part}")
    copy.run("git", *SOMEBODY, "commit", "-q", "-m", "with it")
    assert copy.run("git", "diff", "--stat", "HEAD", "HEAD~2") == ""
    copy.run(*words, "remove", f"PART={copy.part}")
    copy.commit()
    assert copy.run("git", "rev-parse", "HEAD^{tree}") == without
    copy.run("node", "tools/assets.mjs")


def test_the_site_works_without_it(copy: Without) -> None:
    copy.run("ruff", "check", ".")
    copy.run("pytest", *QUIET, *TELLING)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["lint", "unit"])
def test_everything_passes_without_it(copy: Without, target: str) -> None:
    copy.run("make", "-o", "install", "-o", "static/build/manifest.json", target)
