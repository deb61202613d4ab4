"""Wrong settings: one message that names them all and exit code 2, whatever is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from minimaluser.server import MAILER
from minimaluser.settings import ROOT
from minimaluser.testing.processes import NEUTRAL

PYTHON = [sys.executable, "-m"]
FLASK = [*PYTHON, "flask", "--app", "minimaluser"]
WRONG = {"APP_ENV": "prod", "PORT": "abc", "DATABASE_URL": "mysql://x", "SW_DISABLED": "perhaps"}
OF_GUNICORN = {"WEB_CONCURRENCY": "many", "FORWARDED_ALLOW_IPS": "nginx"}
OF_GUNICORN |= {"ACCESS_LOG": "/dev/null/log", "BIND_ADDRESS": "999.1.1.1"}
NO_APP = {"WSGI_APP": "nosuch:app()"}
OF_MAILER = {"SMTP_URL": "localhost", "MAIL_FROM": "", "PORT": "abc", "JWT_MAILER_SECRET": ""}
ENTRIES = {
    "the site": ([*PYTHON, "minimaluser.server"], WRONG | OF_GUNICORN | NO_APP),
    "the mailer": ([*PYTHON, "minimaluser.server", MAILER], OF_MAILER | OF_GUNICORN),
    "gunicorn itself": ([*PYTHON, "gunicorn", "-c", "deploy/gunicorn.conf.py"], WRONG | NO_APP),
    "the worker": ([*PYTHON, "minimaluser.outbox.worker"], WRONG),
    "a command": ([*FLASK, "doctor"], WRONG),
    "a server for trying out": ([*FLASK, "run"], WRONG),
    "the help": ([*FLASK, "--help"], WRONG),
    "migrations": ([*FLASK, "db", "upgrade"], WRONG),
    "a release": (["sh", "deploy/release.sh"], WRONG),
    "make run": ([*PYTHON, "tools.start"], WRONG),
    "its preparation": ([*PYTHON, "tools.prepare"], WRONG),
    "make reset": ([*PYTHON, "tools.reset"], WRONG),
}


def started(command: list[str], folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, **NEUTRAL, "PATH": path, "INSTANCE_PATH": str(folder), **settings}
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("entry", ENTRIES)
def test_OP1_every_mistake_is_named_and_nothing_starts(tmp_path: Path, entry: str) -> None:
    command, wrong = ENTRIES[entry]
    ended = started(command, tmp_path / "never", **wrong)
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    first, *problems = ended.stderr.splitlines()
    assert first.endswith(" cannot start:")
    assert {problem.split()[1] for problem in problems} == wrong.keys()
    assert len(problems) == len(wrong)
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize("entry", ["the site", "the worker", "migrations", "make run"])
def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path, entry: str) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "instance"
    ended = started(ENTRIES[entry][0], folder)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "This site cannot start:\n- INSTANCE_PATH must be a folder that can be made: "
        f"{folder} (Not a directory)\n"
    )


@pytest.mark.parametrize("entry", ["gunicorn itself", "the worker", "migrations", "make run"])
def test_OP1_a_file_that_cannot_be_and_all_else_is_told_at_once(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "nowhere" / "site.db"
    more = {"DATABASE_URL": f"sqlite:///{file}", "METRICS": "perhaps"}
    ended = started(ENTRIES[entry][0], Path("/proc"), **more)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "This site cannot start:\n- METRICS must be 1 (on) or 0 (off)\n"
        f"- DATABASE_URL must lead to a file in a folder that is there: {file}\n"
        "- INSTANCE_PATH must be a folder that can be written to: /proc "
        "(No such file or directory)\n"
    )


def test_secrets_of_development_that_are_damaged_are_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    for text in ("", "[]", '{"SESSION_SECRET": "x"}', "\0"):
        file.write_text(text)
        ended = started(ENTRIES["a command"][0], tmp_path)
        assert ended.returncode == 2
        said = f"- INSTANCE_PATH holds secrets that cannot be read; remove {file}"
        assert ended.stderr.splitlines()[1:] == [said]


@pytest.mark.parametrize("entry", ["make run", "make reset"])
def test_what_is_for_development_is_refused_in_production(tmp_path: Path, entry: str) -> None:
    from minimaluser.testing.sites import PRODUCTION

    ended = started(ENTRIES[entry][0], tmp_path, **PRODUCTION)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"`{entry}` is for development: APP_ENV must not be production\n"
