"""The units of systemd start what docs/deploy-machine.md says, and nothing else."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from minimaluser.lib import environment
from minimaluser.mailer.settings import Settings as MailerSettings
from minimaluser.server import APP, MAILER
from minimaluser.server import Settings as ServerSettings
from minimaluser.settings import ROOT, Settings
from tests.deployed import DEPLOY

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
HOME = "/srv/minimaluser"
SERVERS = [path for path in UNITS if "release" not in path.name]
KNOWN = {
    each.name
    for table in (Settings, MailerSettings, ServerSettings)
    for each in environment.table(table)
} | {"PYTHONUNBUFFERED", "MALLOC_MMAP_THRESHOLD_", "PATH", "STATIC_FOLDER"}


def said(path: Path, name: str) -> list[str]:
    """What a unit says of something."""
    return re.findall(rf"^{name}=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def command(path: Path) -> tuple[dict[str, str], list[str]]:
    """What a unit starts: the variables that it sets, and the words."""
    (line,) = said(path, "ExecStart")
    program, *words = shlex.split(line)
    assert program == "/usr/bin/env"
    count = next(n for n, word in enumerate(words) if "=" not in word)
    return dict(word.split("=", 1) for word in words[:count]), words[count:]


def test_there_is_a_unit_for_each_kind_of_process() -> None:
    names = [path.stem.removeprefix("minimaluser-") for path in UNITS]
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert sorted(name.rstrip("@") for name in names) == sorted(
        line.partition(":")[0] for line in lines
    )


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_what_the_procfile_starts(path: Path) -> None:
    variables, words = command(path)
    given = [pair.split("=")[0] for line in said(path, "Environment") for pair in line.split()]
    assert {*variables, *given} <= KNOWN
    name = path.stem.removeprefix("minimaluser-").rstrip("@")
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    (wanted,) = (shlex.split(line)[1:] for line in lines if line.startswith(f"{name}:"))
    assert [word.removeprefix(f"{HOME}/.venv/bin/") for word in words] == wanted
    if words[0] == "sh":
        assert (ROOT / words[1]).is_file()
        return
    assert find_spec(words[2]), "its module"
    assert all(word == MAILER and APP.fullmatch(word) for word in words[3:])


@pytest.mark.parametrize("path", SERVERS, ids=lambda path: path.stem)
def test_OP3_a_unit_lets_what_runs_finish_and_stays_down_with_wrong_settings(path: Path) -> None:
    graceful = re.search(r"^graceful_timeout = (\d+)", (DEPLOY / "gunicorn.conf.py").read_text(), 8)
    assert graceful
    assert int(said(path, "TimeoutStopSec")[0]) > int(graceful[1])
    assert said(path, "KillMode") == ["mixed"]
    assert said(path, "RestartPreventExitStatus") == ["2"], "see tests/test_entries.py"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_is_locked_down_as_a_container_is(path: Path) -> None:
    assert said(path, "NoNewPrivileges") == ["yes"]
    assert said(path, "ProtectSystem") == ["strict"]
    assert said(path, "CapabilityBoundingSet") == [""]
    assert said(path, "User")[0] != "root"
    variables, _ = command(path)
    assert variables["INSTANCE_PATH"] == f"/var/lib/{said(path, 'StateDirectory')[0]}"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_takes_the_unit(tmp_path: Path, path: Path) -> None:
    """With this checkout in the place of the one of the unit, for it looks for the programs."""
    link = tmp_path / "here"
    link.symlink_to(ROOT)
    text = path.read_text(encoding="utf-8").replace(
        f"{HOME}/.venv/bin/python", str(Path(sys.executable))
    )
    unit = tmp_path / path.name.replace("@", "@8001")
    unit.write_text(text.replace(HOME, str(link)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    assert (done.returncode, done.stderr) == (0, "")
