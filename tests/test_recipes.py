"""The recipes of `docs/recipes.md` are followed in a copy of the project, block by block.

Each may touch what it promises and no more, and what it makes must pass the walks over addresses,
templates, tables and personal data without a word elsewhere. `make parts` runs everything there.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.copies import QUIET, Copy, copied
from tests.test_tree import ROOT

DOCS = ROOT / "docs" / "recipes.md"
BLOCK = re.compile(
    r"^(?:(?:New:|In) `(?P<file>[^`]+)`"
    r"(?:, (?:below `(?P<anchor>[^`]+)`|(?P<end>at the end))[^`\n]*)?:\n\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block of a recipe: a new file, lines for an old one, or commands."""

    language: str
    text: str
    file: str = ""
    anchor: str = ""
    end: bool = False

    def apply(self, copy: Copy) -> None:
        """Do what the block says."""
        path = copy.folder / self.file
        if self.language == "sh":
            copy.run("sh", "-ec", self.text)
        elif self.end:
            path.write_text(path.read_text() + self.text)
        elif not self.anchor:
            assert not path.exists(), f"{self.file} is not new"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text)
        else:
            lines = path.read_text().splitlines(keepends=True)
            here = [n for n, line in enumerate(lines, 1) if line.strip().startswith(self.anchor)]
            assert len(here) == 1, f"{self.file}: {len(here)} lines begin with {self.anchor}"
            lines.insert(here[0], self.text)
            path.write_text("".join(lines))


class Recipe(NamedTuple):
    name: str
    blocks: list[Block]

    def follow(self, copy: Copy) -> dict[str, tuple[int, int]]:
        """Do all of it; return how many lines were added and removed in which files."""
        for block in self.blocks:
            block.apply(copy)
        copy.run("git", "add", "--all")
        changed = copy.run("git", "diff", "--cached", "--numstat").splitlines()
        copy.commit()
        return {
            file: (int(added), int(removed))
            for added, removed, file in (line.split("\t") for line in changed)
        }


def recipes(docs: Path = DOCS) -> dict[str, Recipe]:
    found = {}
    for section in re.split(r"^## ", docs.read_text(), flags=re.MULTILINE)[1:]:
        name, _, text = section.partition("\n")
        assert text.count("```") == 2 * len(list(BLOCK.finditer(text))), f"{name}: a block is lost"
        blocks = [
            Block(m["language"], m["text"], m["file"] or "", m["anchor"] or "", bool(m["end"]))
            for m in BLOCK.finditer(text)
        ]
        found[name] = Recipe(name, blocks)
    return found


class Cooked(NamedTuple):
    copy: Copy
    touched: dict[str, dict[str, tuple[int, int]]]


@pytest.fixture(scope="module")
def cooked() -> Iterator[Cooked]:
    """The project after all recipes, and what each has touched."""
    folder = Path(tempfile.mkdtemp(prefix="recipes-"))
    copy = copied(folder / "site")
    for name in ("tests/test_recipes.py", "tests/test_parts.py"):  # they make copies themselves
        (copy.folder / name).unlink()
    copy.commit()
    shutil.copytree(ROOT / "static" / "build", copy.folder / "static" / "build")
    copy.run("flask", "--app", "minimaluser", "db", "upgrade")
    yield Cooked(copy, {each.name: each.follow(copy) for each in recipes().values()})
    shutil.rmtree(folder)


VIEWS, PARTS = "minimaluser/views/__init__.py", "minimaluser/parts.py"
WRITTEN = "docs/privacy.md"  # by a command of the recipe
FIELD = (
    *("minimaluser/models/user.py", "migrations/versions/*_city.py", WRITTEN),
    *("minimaluser/forms/city.py", "minimaluser/accounts/city.py", "minimaluser/views/city.py"),
    *("templates/partials/city.html", "templates/partials/city_form.html"),
    "tests/views/test_city.py",
)
PAGE = ("minimaluser/views/pages.py", "templates/prices.html")
PART = (
    *("minimaluser/bicycle/*", "templates/bicycle/*", "templates/partials/bicycle/*"),
    *("static/src/css/parts/bicycle.css", "migrations/versions/bicycle_*", "tests/bicycle/*"),
    WRITTEN,
)
PROMISED = {
    "A field of the profile": (FIELD, {VIEWS}),
    "A page": (PAGE, {VIEWS}),
    "A resource of the user's own": (PART, {PARTS}),
}
ROUTES = "tests/test_routes.py::test_"
MATRIX = f"{ROUTES}AZ1_every_method_at_every_address_answers_as_the_matrix_says"
TELLING = (
    *("tests/views/test_city.py", "tests/bicycle"),
    *("tests/views/test_gallery.py", "tests/views/test_seo.py", "tests/views/test_profile.py"),
    "tests/test_check_parts.py::test_nothing_is_wrong_with_any_state",
    *("tests/test_contracts.py", "tests/test_templates.py", "tests/test_tree.py"),
    *("tests/test_whose.py", "tests/test_privacy.py"),
    *(f"{MATRIX}[eve-False]", f"{MATRIX}[ann-True]"),
    f"{ROUTES}AZ5_no_form_takes_what_is_not_asked_for",
    f"{ROUTES}a_page_asks_the_database_no_more_than_it_needs",
    "tests/test_migrations.py::test_the_migrations_make_exactly_the_models",
    "tests/test_canary.py",
)


def test_every_recipe_promises_something() -> None:
    assert recipes().keys() == PROMISED.keys()


@pytest.mark.parametrize("name", PROMISED)
def test_a_recipe_touches_its_own_files_and_a_line_elsewhere(cooked: Cooked, name: str) -> None:
    touched, (own, elsewhere) = cooked.touched[name], PROMISED[name]
    theirs = {file for file in touched if any(fnmatch(file, each) for each in own)}
    assert touched.keys() - theirs == elsewhere
    assert {touched[file] for file in elsewhere} == {(1, 0)}
    assert all(any(fnmatch(file, each) for file in theirs) for each in own), "it is all needed"
    assert not any(removed for _, removed in touched.values()), "nothing there is changed"


@pytest.mark.slow
def test_the_project_passes_the_walks_after_the_recipes(cooked: Cooked) -> None:
    cooked.copy.run("ruff", "check", ".")
    cooked.copy.run("ruff", "format", "--check", ".")
    cooked.copy.run("pytest", *QUIET, *TELLING)


def test_a_part_that_is_taken_out_leaves_the_project_as_it_was(cooked: Cooked) -> None:
    assert list(recipes())[-1] == "A resource of the user's own"
    cooked.copy.run("python", "-m", "tools.grow", "remove", "PART=bicycle")
    changed = cooked.copy.run("git", "diff", "--cached", "--name-only", "HEAD~1")
    cooked.copy.run("git", "reset", "-q", "--hard")
    assert re.fullmatch(r"migrations/removed/bicycle_\w+_bicycles\.py\n", changed)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "make -o install -o static/build/manifest.json lint unit",
        "python -m tests.abuse --database sqlite",
    ],
)
def test_everything_passes_with_what_the_recipes_made(cooked: Cooked, command: str) -> None:
    cooked.copy.run("node", "tools/assets.mjs")
    cooked.copy.run(*command.split())
