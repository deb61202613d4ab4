"""The documents: short, and true where a machine can tell."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from click import Context, Group
from flask import Flask

from minimaluser.settings import ROOT, SITE_NAME
from tests import prose
from tests.test_tree import committed
from tools.grow import rendering

pytestmark = pytest.mark.once
PAGES = prose.pages()
MOST_WORDS = 900
# The changelog is no page to read through and tells of what there was; a README is a project's own.
OLD = {"CHANGELOG.md", "README.md"}
# for the starter only
OLD = {"CHANGELOG.md"}
# for every project
FOLLOWED = {name for name in PAGES if name.startswith("docs/recipes")}  # by a test, in a copy
NAME = re.compile(r"[\w.*-]+(/[\w.*-]+)*(/|\.(py|md|toml|html|css|js|mjs|conf|ini|svg|sh))")
# Where a name may begin.
BASES = (
    *("", "docs", "minimaluser", "minimaluser/testing", "templates", "templates/partials"),
    *("static", "static/src", "static/src/css", "static/icons", "tests", "tools", "deploy"),
)
# What tools make, and what readers are asked to make.
MADE = re.compile(
    r"((static/)?build|instance|test-results)/.*|.*\b(acme|certs|uploads|removed)\b.*|.*flow\.py"
    r"|.*\b(bicycle|census|price_card|city|club|sea)\b.*|(\.\./.*|look|site|tokens|bars)\.css|parts/"
)
MAKE, FLASK = re.compile(r"\bmake ([a-z][a-z0-9-]*)"), re.compile(r"\bflask (?:--app \w+ )?(.*)")


def names_in(text: str) -> list[str]:
    """The names of files that stand in backticks."""
    spans = prose.SPAN.findall(prose.FENCE.sub("", text))
    return [each for each in spans if NAME.fullmatch(each) and not MADE.fullmatch(each)]


@cache
def is_there(name: str, page: str) -> bool:
    if "/" not in name.rstrip("/"):
        return any(fnmatch(each, name) for each in all_names()) or is_there(f"{name}/.", page)
    bases = [ROOT / base for base in BASES] + [(ROOT / page).parent]
    return any([*base.glob(name.rstrip("/."))] for base in bases)


@cache
def all_names() -> set[str]:
    return {path.name for path in committed()}


def targets(text: str) -> set[str]:
    """The targets of a Makefile."""
    return {*re.findall(r"^([a-z][a-z0-9-]*):", text, re.MULTILINE)}


def of_a_project(name: str) -> str:
    """A file without what only the starter has."""
    return rendering.ONLY.sub("", prose.text_of(name))


@cache
def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


# for the starter only
def goes_along(name: str) -> bool:
    return not any(fnmatch(name, each) for each in rendering.STARTERS)


def test_the_readme_is_short() -> None:
    lines = prose.text_of("README.md").splitlines()
    assert len(lines) <= 90
    assert [line for line in lines if len(line) > 120] == []


def test_the_readme_counts_tests_and_costs_as_they_are() -> None:
    readme = " ".join(prose.text_of("README.md").split())
    files = [*committed("test_*.py")]
    tests = sum(len(re.findall(r"^def test_", path.read_text(), re.MULTILINE)) for path in files)
    said = re.search(r"over ([\d,]+), in browsers", readme)
    assert said
    assert tests > int(said[1].replace(",", ""))
    row = re.search(r"\| home, guest +\| SQLite +\| ([\d.]+)", prose.text_of("docs/performance.md"))
    assert row
    words = ("no", "one", "two", "three", "four", "five", "six")
    assert f"costs about {words[round(float(row[1]))]} times the CPU time" in readme


def test_every_page_can_be_reached_in_two_clicks() -> None:
    near = {"README.md"}
    for _ in range(2):
        near |= {
            prose.name_of(path) for name in near if name in PAGES for path in prose.links(name)
        }
    assert [name for name in PAGES if name not in near] == []


@pytest.mark.parametrize("name", [*filter(goes_along, PAGES), "tools/grow/texts/README.md"])
def test_a_page_of_a_project_leads_to_what_the_project_has(name: str) -> None:
    if name in {"README.md", *OLD}:
        return
    page, text = ROOT / name.removeprefix("tools/grow/texts/"), of_a_project(name)
    led = [prose.name_of(path) for path, _ in prose.led(text, page)]
    assert [each for each in led if not goes_along(each)] == []
    told = {target for span in prose.spans(text) for target in MAKE.findall(span)}
    assert told - targets(rendering.ONLY.sub("", makefile())) == set()


# for every project
@pytest.mark.parametrize("name", sorted({*PAGES} - OLD))
def test_a_page_is_read_in_five_minutes(name: str) -> None:
    assert prose.words(prose.text_of(name)) <= MOST_WORDS


@pytest.mark.parametrize("name", sorted({*PAGES} - OLD))
def test_what_a_page_links_to_is_there(name: str) -> None:
    assert [path for path in prose.links(name) if not path.exists()] == []
    for path, heading in prose.anchors(name):
        assert heading in prose.headings(path.read_text(encoding="utf-8")), (path.name, heading)


@pytest.mark.parametrize("name", sorted({*PAGES} - OLD - FOLLOWED))
def test_a_file_that_a_page_names_is_there(name: str) -> None:
    missing = [each for each in names_in(prose.text_of(name)) if not is_there(each, name)]
    assert missing == []


def test_the_commands_that_pages_name_are_there(app: Flask) -> None:
    for name in sorted({*PAGES} - OLD):
        spans = prose.spans(prose.text_of(name))
        told = {target for span in spans for target in MAKE.findall(span)}
        assert told - targets(makefile()) == set(), name
        for line in (line for span in spans for line in FLASK.findall(span)):
            assert is_command(app.cli, line.split()), (name, line)


def is_command(group: Group, words: list[str]) -> bool:
    """Tell whether a group of commands has one of these words."""
    if not words or not re.fullmatch("[a-z]+", words[0]):
        return True
    command = group.get_command(Context(group), words[0])
    if isinstance(command, Group):
        return is_command(command, words[1:])
    return command is not None


def test_the_drawing_of_the_house_names_what_is_there() -> None:
    drawing = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    found = re.findall(r'class="name"[^>]*>([^<]+)<', drawing)
    names = [name for each in found for name in each.split(", ")]
    assert len(names) > 8
    assert [each for each in names if not Path(ROOT, "minimaluser", each).exists()] == []


def test_each_decision_says_why() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        decisions = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        assert decisions
        lacking = [
            each for each in decisions if not re.search(r"^\*\*Why:\*\* ", each, re.MULTILINE)
        ]
        assert lacking == [], path.name


def test_the_licence_is_mit_and_its_holders_are_the_authors() -> None:
    project = tomllib.loads(prose.text_of("pyproject.toml"))["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    text = prose.text_of("LICENSE")
    assert text.startswith("MIT License\n")
    assert re.search(
        rf"^Copyright \(c\) \d{{4}} the {re.escape(SITE_NAME)} authors$", text, re.MULTILINE
    )
