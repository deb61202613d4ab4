"""Pages of the docs are short, and what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from minimaluser.settings import ROOT

MOST = 900  # words of running text
SHORT = ("deploy*", "performance", "vitals", "growth", "load", "abuse", "settings")
PAGES = sorted(path for name in SHORT for path in (ROOT / "docs").glob(f"{name}.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")


def running_text(page: str) -> str:
    """Return a page without code blocks, tables, headings and what is generated."""
    text = re.sub(r"<!-- begin \w+ -->.*?<!-- end -->", "", page, flags=re.DOTALL)
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(line for line in text.splitlines() if not re.match(r"\s*[|#]", line))


def anchors(page: str) -> set[str]:
    """Return the anchors of the headings of a page, as forges make them."""
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_what_counts_is_what_is_read() -> None:
    page = "# A head\n\nThree plain words\n\n| a | table |\n\n```sh\nmake it\n```\n\nand one.\n"
    assert running_text(page).split() == ["Three", "plain", "words", "and", "one."]
    assert len(PAGES) > len(SHORT)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_can_be_read_at_one_sitting(path: Path) -> None:
    assert len(running_text(path.read_text(encoding="utf-8")).split()) <= MOST


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_link_leads_to_a_page_and_a_heading_that_are_there(path: Path) -> None:
    for name, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        there = path.parent / name if name else path
        assert there.exists(), name
        assert not anchor or anchor[1:] in anchors(there.read_text(encoding="utf-8")), anchor


def test_the_way_in_names_every_page_about_deploying() -> None:
    way_in = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").glob("deploy-*.md"):
        assert f"]({path.name})" in way_in
