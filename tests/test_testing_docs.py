"""The pages for designers and testers name what there is, and are short."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller

from minimaluser.testing.browser.people import People
from minimaluser.testing.client import Person

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = ("testing", "test-kit", "test-runs", "restyle", "states", "themes", "check-parts")
CODE = re.compile(r"```.*?```", re.DOTALL)
MOST = 900  # words of running text


def text_of(page: str) -> str:
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_read_in_a_few_minutes(page: str) -> None:
    lines = CODE.sub("", text_of(page)).split("\n")
    running = [line for line in lines if not line.lstrip().startswith(("#", "|"))]
    assert len(" ".join(running).split()) <= MOST


def test_the_unit_tests_of_the_page_pass(app: Flask, ann: Person, clock: Traveller) -> None:
    block = re.search(r"```py\n(.*?)```", text_of("testing"), re.DOTALL)
    assert block
    names: dict[str, Any] = {}
    exec(compile(block[1], "docs/testing.md", "exec"), names)
    names["test_a_user_changes_the_nickname"](app, ann)
    names["test_an_idle_session_ends"](ann, clock)


def test_every_state_of_people_is_explained() -> None:
    states = {name for name in vars(People) if name[0] != "_"} - {"at"}
    assert set(re.findall(r"^\| `(\w+)\(.*?\)` \|", text_of("test-kit"), re.MULTILINE)) == states


def test_every_variable_of_the_browser_tests_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = {"ARGS", "BROWSER", "LANGUAGE", "PATIENCE", "STEPS", "THEME"}
    run = makefile.partition("\nRUN = ")[2].partition("\nSLOW")[0]
    wanted |= {*re.findall(r"\$\(if \$\(([A-Z_]+)\)", run)} - {"FLAKE"}
    assert len(wanted) > 10
    assert set(re.findall(r"^\| `([A-Z_]+)=", text_of("test-runs"), re.MULTILINE)) == wanted


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for name in re.findall(r"\]\(([\w./-]+\.\w+)(?:#[\w-]+)?\)", text_of(page)):
        assert (DOCS / name).is_file(), name
