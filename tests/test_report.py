"""The page about failures in a browser: each with its picture, its page and how to run it again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from minimaluser.testing.browser import report, runs
from minimaluser.testing.processes import ROOT

NAME = "e2e/test_x.py::test_a_name[chromium-no-script-3 of 10]"
OPTIONS: dict[str, Any] = {
    **dict.fromkeys(report.PASSED_ON),
    "--browser": ["chromium"],
    "cpu": 6.0,
    "run_on": "desktop",
    "base_url": "http://x.example",
    "language": "en",
}


@pytest.fixture
def config() -> Any:
    """The options of a run."""
    return SimpleNamespace(getoption=OPTIONS.__getitem__)


def failure(folder: Path | None) -> pytest.TestReport:
    kept = [(report.KEPT, str(folder))] if folder else []
    where = ("e2e/test_x.py", 3, "test_a_name")
    return pytest.TestReport(
        NAME, where, {}, "failed", "assert <b> == 1", "call", user_properties=kept
    )


def test_a_failure_is_shown_with_all_that_was_kept(tmp_path: Path, config: Any) -> None:
    folder = tmp_path / "a name"
    folder.mkdir()
    for name in ("trace.zip", "test-failed-1.png", "page-1.html"):
        (folder / name).touch()
    (folder / "page-1.txt").write_text("- heading “<Log in>”")
    page = report.page_of([failure(folder), failure(None)], tmp_path, config)
    assert "<h1>2 failures</h1>" in page
    assert '<img src="a name/test-failed-1.png"' in page
    assert '<a href="a name/trace.zip">' in page
    assert "playwright show-trace" in page
    assert "heading “&lt;Log in&gt;”" in page
    assert "assert &lt;b&gt; == 1" in page


def test_the_command_runs_the_test_again_in_the_same_way(config: Any) -> None:
    command = report.again(NAME, config)
    assert "-m pytest 'e2e/test_x.py::test_a_name[chromium-no-script]'" in command
    assert command.endswith("--browser chromium --base-url http://x.example --cpu 6.0")
    assert "::test_a_name[chromium]" in report.again(NAME.replace("no-script-", ""), config)
    assert " e2e/test_x.py::test_b " in report.again("e2e/test_x.py::test_b[2 of 3]", config)


def test_the_browser_asks_for_the_language_of_the_run() -> None:
    told = {"run_on": "desktop", "scheme": None, "language": "pt-BR"}
    config: Any = SimpleNamespace(getoption=told.__getitem__)
    assert runs.context_args(config, {}) == {"locale": "pt-BR"}
    told["run_on"] = "phone"
    assert runs.context_args(config, {runs.PHONE: {"has_touch": True}})["locale"] == "pt-BR"
    assert "--language pt-BR" in make("LANGUAGE=pt-BR")
    assert "--language" not in make(LANGUAGE="de_DE:de")  # many systems have that for other things


def make(*said: str, **environment: str) -> str:
    """What `make e2e` would do."""
    command = ["make", "--dry-run", "e2e", *said]
    environ = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    ).stdout
