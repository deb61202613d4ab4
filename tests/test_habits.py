"""What lies at the top for those who develop: editors, hooks, robots of a forge, compose."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from minimaluser.settings import ROOT, load
from tests.copies import SOMEBODY, copied
from tests.deployed import COMPOSE
from tests.test_tree import committed, name_of
from tools import staged

pytestmark = pytest.mark.once
DEVELOPMENT: dict[str, Any] = yaml.safe_load((ROOT / "compose.dev.yaml").read_text("utf-8"))
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


def offered() -> dict[str, str]:
    """The settings that the example offers for compose.dev.yaml, which begin with a #."""
    return dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


# --- developing beside other services


def test_images_of_development_are_those_of_production() -> None:
    ours = {service["image"] for service in DEVELOPMENT["services"].values()}
    theirs = {service["image"] for service in COMPOSE["services"].values()}
    assert ours <= theirs


def test_services_of_development_are_reached_from_this_machine_only() -> None:
    opened = [p for service in DEVELOPMENT["services"].values() for p in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in opened)
    reached = {port.split(":")[1] for port in opened}
    named = set(re.findall(r"127\.0\.0\.1:(\d+)", EXAMPLE)) - {"8010"}  # that is the mailer
    assert named == reached


def test_the_settings_for_these_services_let_the_site_start(tmp_path: Path) -> None:
    found = load(offered() | {"INSTANCE_PATH": str(tmp_path)})
    database = DEVELOPMENT["services"]["database"]["environment"]
    user, word, name = (database[f"POSTGRES_{key}"] for key in ("USER", "PASSWORD", "DB"))
    assert found.database_url == f"postgresql://{user}:{word}@127.0.0.1:5432/{name}"
    store = DEVELOPMENT["services"]["store"]["environment"]
    assert store["ROOT_ACCESS_KEY_ID"] == offered()["AWS_ACCESS_KEY_ID"]
    assert store["ROOT_SECRET_ACCESS_KEY"] == offered()["AWS_SECRET_ACCESS_KEY"]
    bucket = DEVELOPMENT["services"]["bucket"]["entrypoint"][-1]
    assert bucket.endswith(f"/{found.aws_tiles_bucket_name}")


def test_the_settings_for_these_services_let_the_mailer_start(tmp_path: Path) -> None:
    from minimaluser.mailer import settings

    settings.load(offered() | {"INSTANCE_PATH": str(tmp_path)})


def test_an_example_that_is_copied_changes_nothing(tmp_path: Path) -> None:
    lines = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert {value for _, value in lines} == {""}
    here = {"INSTANCE_PATH": str(tmp_path)}
    assert load(dict(lines) | here) == load(here)


# --- the forge


def test_the_robots_have_files_that_can_be_read() -> None:
    files = [path for end in ("yml", "yaml") for path in committed(f"*.{end}")]
    assert {".github/workflows/test.yml", ".github/dependabot.yml"} <= {*map(name_of, files)}
    for path in files:
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path


def test_a_push_runs_what_a_person_runs() -> None:
    said = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    (job,) = said["jobs"].values()
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert set(said[True]) == {"push", "pull_request"}, "YAML reads `on` as true"
    assert said["permissions"] == {"contents": "read"}


def test_every_kind_of_package_is_kept_fresh() -> None:
    said = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    kinds = {each["package-ecosystem"]: each for each in said["updates"]}
    assert {"pip", "npm", "docker", "github-actions"} <= kinds.keys()
    locks = {f"/{path.parent.relative_to(ROOT)}" for path in committed("package-lock.json")}
    assert set(kinds["npm"]["directories"]) == {"/" if name == "/." else name for name in locks}


# --- the hook


@pytest.mark.parametrize(
    ("names", "programs"),
    [
        (["docs/x.md", "static/icons/x.webp"], []),
        (["tools/x.py", "tests/x.py"], ["ruff", "ruff"]),
        (["templates/home.html"], ["djlint", "tools.check_parts"]),
        (["templates/home.toml"], ["tools.check_parts"]),
        (["static/src/css/base.css"], ["tools.check_parts"]),
    ],
)
def test_what_is_staged_decides_what_is_looked_at(names: list[str], programs: list[str]) -> None:
    assert [command[2] for command in staged.commands(names)] == programs


def test_the_hook_looks_at_what_is_staged_and_at_nothing_else(tmp_path: Path) -> None:
    copy = copied(tmp_path / "copy")
    copy.run("git", "config", "core.hooksPath", ".githooks")
    file = copy.folder / "tools" / "staged.py"
    good = file.read_text()

    def commit() -> str:
        command = ["git", *SOMEBODY, "commit", "-qm", "x"]
        done = subprocess.run(command, cwd=copy.folder, capture_output=True, text=True)
        return done.stdout + done.stderr if done.returncode else ""

    file.write_text(good + "import   os\n")
    copy.run("git", "add", "tools")
    file.write_text(good.replace("in seconds", "in no time"))
    assert "tools/staged.py" in commit(), "what is staged is bad"
    copy.run("git", "add", "tools")
    file.write_text(good + "import   os\n")
    assert commit() == "", "what is staged is good"


def test_the_hook_can_be_run() -> None:
    hook = ROOT / ".githooks" / "pre-commit"
    assert os.access(hook, os.X_OK)
    subprocess.run(["sh", "-n", str(hook)], check=True)
    assert "core.hooksPath .githooks" in (ROOT / "Makefile").read_text(encoding="utf-8")
