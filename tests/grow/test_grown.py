"""Projects that begin here, lose and get parts, grow, and meet a newer version: `make grown`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.copies import QUIET, Copy
from tests.grow.places import INSTALLED, begun, grow
from tests.recipes import BLOCK, recipe, sections
from tests.test_tree import ROOT
from tools.grow import git, versions
from tools.grow.project import Project

pytestmark = pytest.mark.slow
OLDEST = versions.read((ROOT / "CHANGELOG.md").read_text())[-1].name
PARTS = Project(ROOT).parts
INSIDE = (
    "import json; from plantly import create_app; from plantly.database import db\n"
    "from plantly.models import User\n"
    "with create_app().app_context():\n    "
)
BY_HAND = ("/__init__.py", "/samples.py", ".toml", ".css")
SEE = "print(json.dumps([[u.email, u.city] for u in db.session.scalars(db.select(User))]))"
MOVE = "db.session.execute(db.update(User).values(city='Ulm')); db.session.commit()"
PRICES = """
import pytest
from playwright.sync_api import expect


@pytest.mark.both_ways
@pytest.mark.parametrize("state", ["stranger", "confirmed"])
def test_the_menu_leads_to_the_prices(visitor, people, watch, state):
    getattr(people, state)()
    visitor.open("/").follow("Prices")
    expect(visitor.page.get_by_role("heading", name="Prices")).to_be_visible()
    expect(visitor.page.get_by_text("Nothing at all")).to_be_visible()
"""


@pytest.fixture(scope="module")
def plantly() -> Iterator[Copy]:
    with begun(f"PARTS={' '.join(PARTS)}") as made:
        yield made


def test_nothing_in_a_project_names_the_starter_but_where_it_comes_from(plantly: Copy) -> None:
    first = Project(ROOT).names.name[:7]
    found = plantly.run(
        "sh", "-c", f"git grep -in {first} | grep -v '^pyproject.toml.*origin ='; :"
    )
    assert found == ""


def test_its_lint_and_its_unit_tests_pass(plantly: Copy) -> None:
    plantly.run("make", *INSTALLED, "lint", "unit")


def test_each_part_goes_and_comes_twice_and_the_files_are_the_same(plantly: Copy) -> None:
    plantly.commit() if plantly.run("git", "status", "--porcelain") else None
    whole = plantly.run("git", "rev-parse", "HEAD^{tree}")
    for part in PARTS:
        trees = set()
        for _ in range(2):
            plantly.run("python", "-m", "tools.grow", "remove", f"PART={part}")
            plantly.commit()
            trees.add(plantly.run("git", "rev-parse", "HEAD^{tree}"))
            plantly.run("python", "-m", "tools.grow", "add", f"PART={part}")
            plantly.commit()
            assert plantly.run("git", "rev-parse", "HEAD^{tree}") == whole
        assert len(trees) == 1


def test_a_page_of_its_own_is_tested_in_a_browser_with_the_kit(plantly: Copy) -> None:
    chromium = plantly.run("python", "tools/browser.py", "chromium").strip()
    recipe((plantly.folder / "docs" / "recipes" / "page.md").read_text()).follow(plantly)
    (plantly.folder / "e2e" / "test_prices.py").write_text(PRICES)
    run = ("pytest", *QUIET, "--browser", "chromium", "e2e/test_prices.py")
    assert "4 passed" in plantly.run(*run, CHROMIUM=chromium)
    prices = plantly.folder / "templates" / "prices.html"
    prices.write_text(prices.read_text().replace("Nothing at all", "A lot"))
    with pytest.raises(AssertionError, match="Nothing at all"):
        plantly.run(*run, CHROMIUM=chromium)
    plantly.run("git", "reset", "--hard", "-q", "HEAD~1")


@pytest.fixture
def old() -> Iterator[Copy]:
    """A project from the oldest version, with what the recipes make, and somebody in it."""
    if not git.asks(ROOT, "log", "-1", "--format=%H", versions.commit_of(ROOT, OLDEST)):
        pytest.skip("the history is not here")
    with begun(f"AT={OLDEST}", f"PARTS={' '.join(PARTS)}") as made:
        made.run("flask", "--app", "plantly", "db", "upgrade")
        for recipe in sections(made.folder / "docs" / "recipes.md"):
            recipe.follow(made)
        made.run("flask", "--app", "plantly", "user", "create", "ann@example.org")
        made.run("python", "-c", INSIDE + MOVE)
        yield made


def do_by_hand(project: Copy) -> None:
    """Do what the changelog asks of a part of one's own, as its recipe does it now."""
    page = (project.folder / "docs" / "recipes" / "resource.md").read_text()
    for block in BLOCK.finditer(page):
        if (name := block["file"] or "").endswith(BY_HAND):
            (project.folder / name).write_text(block["text"])


def unmerged(project: Copy) -> list[str]:
    """Return the files in which both sides have changed the same place."""
    return project.run("git", "diff", "--name-only", "--diff-filter=U").splitlines()


def test_a_project_that_has_grown_from_the_oldest_version_takes_the_newest(old: Copy) -> None:
    said = grow("update", f"DIR={old.folder}")
    assert not unmerged(old)
    assert "`Sample` are gone" in " ".join(said.split())
    old.commit()
    do_by_hand(old)
    old.run("node", "tools/assets.mjs")
    old.run("flask", "--app", "plantly", "db", "upgrade")
    assert old.run("python", "-c", INSIDE + SEE) == '[["ann@example.org", "Ulm"]]\n'
    old.run("make", *INSTALLED, "lint", "unit")


def test_a_change_of_ones_own_at_the_same_place_is_a_conflict_there_and_only_there(
    old: Copy,
) -> None:
    path = old.folder / "templates" / "partials" / "brand.html"
    text, found = re.subn(r"(?s)<svg.*?</svg>", '<b class="brand-mark">P</b>', path.read_text())
    assert found == 1
    path.write_text(text)
    old.commit()
    said = grow("update", f"DIR={old.folder}")
    assert "both changed 1 of them" in said
    assert "<<<<<<< HEAD" in path.read_text()
    assert unmerged(old) == ["templates/partials/brand.html"]
    path.write_text(text)
    old.commit()
    do_by_hand(old)
    old.run("node", "tools/assets.mjs")
    old.run("pytest", *QUIET, "tests/test_templates.py", "tests/views/test_pages.py")
