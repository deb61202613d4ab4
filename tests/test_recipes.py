"""The recipes of `docs/recipes/` are followed in a copy of the project, block by block.

Each may touch what it promises and no more, and what it makes must pass the walks over addresses,
templates, tables and personal data without a word elsewhere. `make parts` does all of that;
`make unit` only sees that every block fits into the files as they are.
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.copies import QUIET, Copy, copied
from tests.recipes import BLOCK, DOCS, recipes
from tests.test_tree import ROOT

LONGEST_PAGE = 900  # words, without the blocks
VIEWS, PARTS = "minimaluser/views/__init__.py", "minimaluser/parts.py"
WRITTEN = "docs/privacy.md"  # by commands of the recipes
SETTINGS = ("docs/settings.md", "deploy/.env.example", ".env.example")  # by one, too
FIELD = (
    *("minimaluser/models/user.py", "migrations/versions/*_city.py", WRITTEN),
    *("minimaluser/forms/city.py", "minimaluser/accounts/city.py", "minimaluser/views/city.py"),
    *("templates/partials/city.html", "templates/partials/city_form.html"),
    "tests/views/test_city.py",
)
PAGE = ("minimaluser/views/pages.py", "templates/prices.html")
RESOURCE = "A resource of the user's own"


def part(name: str, *more: str) -> tuple[str, ...]:
    """The files of a part, and what a command of the recipe writes."""
    return (f"minimaluser/{name}/*", f"tests/{name}/*", *more)


def tables(name: str) -> tuple[str, ...]:
    return (f"migrations/versions/{name}_*", WRITTEN)


def pages(name: str) -> tuple[str, ...]:
    return (f"templates/{name}/*", f"templates/partials/{name}/*")


# The files that are a recipe's own, and where else it adds how many lines.
PROMISED: dict[str, tuple[tuple[str, ...], dict[str, int]]] = {
    "A field of the profile": (FIELD, {VIEWS: 1}),
    "A page": (PAGE, {VIEWS: 1}),
    RESOURCE: (
        (
            *part("bicycle", "static/src/css/parts/bicycle.css"),
            *(*pages("bicycle"), *tables("bicycle")),
        ),
        {PARTS: 1},
    ),
    "A role": (
        (*part("staff"), *pages("staff"), "migrations/versions/*_is_staff.py", WRITTEN),
        {PARTS: 1, "minimaluser/models/user.py": 3},
    ),
    "A nightly job with a mail that can be stopped": (
        (*part("postcard", "templates/email/postcard/*"), *tables("postcard")),
        {PARTS: 1},
    ),
    "A JSON address with a token": (
        (*part("apitoken"), *pages("apitoken"), *tables("apitoken")),
        {PARTS: 1, "minimaluser/rules.py": 1, "tests/accounts/test_limits.py": 1},
    ),
    "A webhook": (
        (*part("till", *SETTINGS), *tables("till")),
        {
            PARTS: 1,
            "minimaluser/settings.py": 1,
            "tests/tried_settings.py": 1,
            "compose.yaml": 1,
        },
    ),
    "Log-in by an OIDC provider": (
        (
            *part("oidc", *SETTINGS),
            *(*pages("oidc"), *tables("oidc")),
        ),
        {
            PARTS: 1,
            "minimaluser/settings.py": 3,
            "templates/login.html": 1,
            "tests/tried_settings.py": 8,
            "compose.yaml": 3,
            "tests/accounts/test_list_of_credentials.py": 1,
        },
    ),
}
OF_THE_CORE = {"tests/views/", "tests/accounts/"}
ROUTES = "tests/test_routes.py::test_"
MATRIX = f"{ROUTES}AZ1_every_method_at_every_address_answers_as_the_matrix_says"
TELLING = (
    *("tests/views/test_city.py", "tests/views/test_guard.py", "tests/views/test_bulletins.py"),
    *("tests/test_tasks.py", "tests/test_start.py", "tests/test_settings_table.py"),
    *("tests/test_deploy.py", "tests/test_flow.py"),
    *("tests/views/test_gallery.py", "tests/views/test_seo.py", "tests/views/test_profile.py"),
    "tests/test_check_parts.py::test_nothing_is_wrong_with_any_state",
    *("tests/test_contracts.py", "tests/test_templates.py", "tests/test_tree.py"),
    *("tests/test_whose.py", "tests/test_privacy.py", "tests/accounts/test_list_of_credentials.py"),
    "tests/accounts/test_credentials.py",
    *(f"{MATRIX}[eve-False]", f"{MATRIX}[ann-True]"),
    f"{ROUTES}AZ5_no_form_takes_what_is_not_asked_for",
    f"{ROUTES}a_page_asks_the_database_no_more_than_it_needs",
    "tests/test_migrations.py::test_the_migrations_make_exactly_the_models",
    "tests/test_canary.py",
)


def test_every_recipe_promises_something() -> None:
    assert recipes().keys() == PROMISED.keys()


@pytest.mark.once
def test_every_block_fits_into_the_files_as_they_are() -> None:
    """But for the blocks of a recipe that was followed here."""
    now: dict[str, str] = {}
    for recipe in recipes().values():
        new = [each.file for each in recipe.blocks if each.file and not (each.anchor or each.end)]
        for block in [] if any((ROOT / name).exists() for name in new) else recipe.blocks:
            if block.language == "sh":
                continue
            path = ROOT / block.file
            there = path.read_text() if path.is_file() else None
            now[block.file] = block.written(now.get(block.file, there))
    for file, text in now.items():
        longest = max(map(len, text.splitlines()))
        if file.endswith(".py"):
            ast.parse(text, file)
            assert longest <= 100, file
        assert not file.startswith("templates/") or longest <= 120, file


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_a_recipe_is_short(page: Path) -> None:
    assert len(BLOCK.sub("", page.read_text()).split()) <= LONGEST_PAGE


class Cooked(NamedTuple):
    copy: Copy
    touched: dict[str, dict[str, tuple[int, int]]]


@pytest.fixture(scope="module")
def cooked() -> Iterator[Cooked]:
    """The project after all recipes, the resource last, and what each has touched."""
    folder = Path(tempfile.mkdtemp(prefix="recipes-"))
    copy = copied(folder / "site")
    for name in ("tests/test_recipes.py", "tests/test_parts.py"):  # they make copies themselves
        (copy.folder / name).unlink()
    copy.commit()
    shutil.copytree(ROOT / "static" / "build", copy.folder / "static" / "build")
    copy.run("flask", "--app", "minimaluser", "db", "upgrade")
    found = sorted(recipes().values(), key=lambda each: each.name == RESOURCE)
    yield Cooked(copy, {each.name: each.follow(copy) for each in found})
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROMISED)
def test_a_recipe_touches_its_own_files_and_few_lines_elsewhere(cooked: Cooked, name: str) -> None:
    touched, (own, elsewhere) = cooked.touched[name], PROMISED[name]
    theirs = {file for file in touched if any(fnmatch(file, each) for each in own)}
    assert {file: touched[file][0] for file in touched.keys() - theirs} == elsewhere
    assert all(any(fnmatch(file, each) for file in theirs) for each in own), "it is all needed"
    removed = {file: less for file, (_, less) in touched.items() if less}
    assert removed == {}, "nothing there is changed"


@pytest.mark.slow
def test_the_project_passes_the_walks_after_the_recipes(cooked: Cooked) -> None:
    cooked.copy.run("ruff", "check", ".")
    cooked.copy.run("ruff", "format", "--check", ".")
    every = [file for touched in cooked.touched.values() for file in touched]
    tests = {found[0] for file in every if (found := re.match(r"tests/\w+/(?=test_)", file))}
    cooked.copy.run("pytest", *QUIET, *sorted(tests - OF_THE_CORE), *TELLING)


@pytest.mark.slow
def test_a_part_that_is_taken_out_leaves_the_project_as_it_was(cooked: Cooked) -> None:
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
