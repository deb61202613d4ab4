"""Each part is taken out of a copy of the project, as `minimaluser/parts.py` says; the rest works.

`make unit` runs what would notice first; `make parts` lint and all unit tests, on both databases.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from minimaluser import parts
from tests import stock
from tests.test_tree import ROOT, committed, name_of

PRODUCT = [name for name in stock.names() if name not in {"views", "club"}]
BIN = ROOT / ".venv" / "bin"
MAY_NAME_IT = {"CHANGELOG.md"}
TELLING = (
    *("tests/test_contracts.py", "tests/test_security.py", "tests/test_tree.py"),
    *("tests/views/test_pages.py", "tests/views/test_gallery.py", "tests/views/test_pwa.py"),
    *("tests/views/test_seo.py", "tests/test_models.py", "tests/test_cli.py"),
)
SOMEBODY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
QUIET = ("-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no")


def recipe(part: str) -> list[str]:
    """The two commands that take a part out."""
    said = (parts.__doc__ or "").replace("<part>", part)
    return re.findall(r"^ {4}((?:git|perl) .*)$", said, re.MULTILINE)


@dataclass
class Copy:
    folder: Path
    part: str

    def run(self, *command: object, **more: str) -> str:
        """Run something there; AssertionError with what it said when it fails."""
        kept = {n: value for n, value in os.environ.items() if not n.startswith("PYTEST_")}
        done = subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env={**kept, "PATH": f"{BIN}:{os.environ['PATH']}", **more},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture(scope="module", params=PRODUCT)
def copy(request: pytest.FixtureRequest) -> Iterator[Copy]:
    """The project without a part, and its browser's files built."""
    folder = Path(tempfile.mkdtemp(prefix="without-"))
    folder.chmod(0o755)  # nginx reads its pages there as somebody else
    made = Copy(folder / "site", request.param)
    for path in committed():
        there = made.folder / name_of(path)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, there)
    for name in (".venv", "node_modules"):
        (made.folder / name).symlink_to((ROOT / name).resolve())
    made.run("git", "init", "-q")
    made.run("git", "add", "--all")
    made.run("git", *SOMEBODY, "commit", "-q", "-m", "as it is")
    for line in recipe(made.part):
        made.run("sh", "-c", line)
    made.run("node", "tools/assets.mjs")
    yield made
    shutil.rmtree(folder)


def test_the_readme_says_how_to_take_a_part_out() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [part for part in PRODUCT for line in recipe(part) if line not in readme] == []


def test_nothing_of_it_is_left(copy: Copy) -> None:
    its = import_module(f"tests.{copy.part}.stock")
    words = re.compile(f"{copy.part}|{its.WORDS}", re.IGNORECASE)
    names = copy.run("git", "ls-files", "--cached", "-z").split("\0")
    found = {name for name in names if words.search(name)}
    for path in (copy.folder / name for name in names if name):
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in content and words.search(content.decode()):
            found.add(path.relative_to(copy.folder).as_posix())
    assert found == MAY_NAME_IT


def test_the_site_works_without_it(copy: Copy) -> None:
    copy.run("ruff", "check", ".")
    copy.run("pytest", *QUIET, *TELLING)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["lint", "unit"])
def test_everything_passes_without_it(copy: Copy, target: str) -> None:
    copy.run("make", "-o", "install", "-o", "static/build/manifest.json", target)
