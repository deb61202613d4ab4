"""The flows of docs/testing.md and docs/test-kit.md, as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from requests import HTTPError

from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.site import Site
from minimaluser.testing.processes import ROOT
from minimaluser.testing.settled import AT_REST

DOCS = [ROOT / "docs" / name for name in ("testing.md", "test-kit.md")]
TEXT = "".join(page.read_text() for page in DOCS)
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
NAMES: dict[str, Any] = {}
for block in BLOCKS:
    exec(compile(block, "docs", "exec"), NAMES)
PLUGIN = 'pytest_plugins = ["minimaluser.testing.plugin"]\n'


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with what a tester outside has: the line for the plugin, and the flows."""
    assert PLUGIN in BLOCKS
    (tmp_path / "conftest.py").write_text(PLUGIN)
    flows = [each for each in BLOCKS if "e2e." not in each and each != PLUGIN]
    (tmp_path / "test_flow.py").write_text("\n\n".join(flows))
    return tmp_path


def run(folder: Path, browser_name: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *arguments]
    environment = {name: each for name, each in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        [*command, "--browser", browser_name, "test_flow.py"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_flow_passes_without_the_plugin(page: Page) -> None:
    assert NAMES["AT_REST"] == AT_REST
    NAMES["test_somebody_signs_up_and_confirms"](page)


@pytest.mark.both_ways
def test_the_flow_from_inside_passes(page: Page, ann: Person) -> None:
    NAMES["test_a_nickname_is_seen_in_the_navbar"](page, ann)


@pytest.mark.own_site("it moves the time of the site from another process")
def test_the_flows_pass_in_a_folder_of_their_own(
    site: Site, outside: Path, browser_name: str
) -> None:
    secret = ("--site-secret", str(site.folder))
    assert "6 passed" in run(outside, browser_name, "--site-url", site.url, *secret)
    said = run(outside, browser_name, "--base-url", site.url, "-k", "runs_out")
    assert "1 skipped" in said
    assert f"moving the time needs the secret of {site.url}" in said


@pytest.mark.own_site("it moves the time of the site")
def test_the_time_of_a_site_is_moved_without_the_plugin(site: Site) -> None:
    with pytest.raises(HTTPError):
        NAMES["forward"](site.url, site.folder, "long")
    NAMES["forward"](site.url, site.folder, 1)
