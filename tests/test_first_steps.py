"""The steps of `make run` from nothing: what the machine lacks, what is installed and how."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from minimaluser.settings import ROOT
from tools import doctor, install, ports, step

pytestmark = pytest.mark.once
PYTHON = [sys.executable, "-m"]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


# --- ports


def test_a_port_that_somebody_has_is_not_free(taken: int) -> None:
    assert not ports.is_free(taken)
    assert ports.status(taken + 1 if taken < 65535 else 1) == 0


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_a_port_that_somebody_has_for_ipv6_alone_is_not_free() -> None:
    """A browser would find that program at localhost, and not the site."""
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        assert not ports.is_free(server.getsockname()[1])


# --- make doctor


def examined(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, "tools.doctor", *words],
        cwd=ROOT,
        env={**os.environ, "PORT": "", **environ},
        capture_output=True,
        text=True,
    )


def test_the_doctor_names_a_port_that_is_taken_and_what_to_do(taken: int) -> None:
    said = examined(PORT=str(taken))
    assert said.returncode == 1
    assert "MISSING  port" in said.stdout
    assert "make run PORT=5001" in said.stdout


def test_a_port_that_is_taken_hinders_no_installation(taken: int) -> None:
    quiet = examined("--quiet", PORT=str(taken))
    assert (quiet.returncode, quiet.stdout) == (0, "")


def test_nothing_is_installed_by_a_python_that_is_too_old(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "PYTHON", (99, 0))
    assert doctor.main("--quiet") == 1
    said = capsys.readouterr().out
    assert said.startswith("MISSING  Python")
    assert "Install Python 99.0 or newer" in said


def test_the_doctor_names_what_is_not_on_the_path(tmp_path: Path) -> None:
    said = examined(PATH=str(tmp_path), CHROMIUM="")
    assert "MISSING  git       none\n" in said.stdout
    assert "later    Node      none\n" in said.stdout
    assert "later    browser   none\n" in said.stdout


def test_the_doctor_is_content_with_a_machine_that_has_all(monkeypatch: pytest.MonkeyPatch) -> None:
    good = [doctor.Look("git", True, "/usr/bin/git"), doctor.Look("Node", False, "", needed=False)]
    monkeypatch.setattr(doctor, "looks", lambda _port: iter(good))
    assert doctor.main() == 0
    assert doctor.main("--quiet") == 0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Python", lambda m: m.setattr(doctor, "PYTHON", (99, 0))),
        ("room", lambda m: m.setattr(doctor, "TO_RUN", 10**9)),
        ("room", lambda m: m.setattr(doctor, "TO_TEST", 10**9)),
        ("writing", lambda m: m.setattr(doctor.tempfile, "TemporaryFile", _refused)),
        ("venv", lambda m: m.setattr(doctor.importlib.util, "find_spec", lambda _name: None)),
        ("Node", lambda m: m.setattr(doctor, "NODE", 99)),
    ],
)
def test_the_doctor_says_what_to_do_about_each_thing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, change: object
) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    change(monkeypatch)  # type: ignore[operator]
    bad = [each for each in doctor.looks("5000") if each.name == name and not each.good]
    assert len(bad) == 1
    assert bad[0].cure.endswith((".", "run", "python3-venv"))


def _refused(**_: object) -> None:
    raise OSError(13, "Permission denied")


@pytest.mark.parametrize(
    ("text", "port"),
    [("PORT=5003\n", "5003"), ("#PORT=1\nexport PORT='7'", "7"), ("PORT=\n", "5000")],
)
def test_the_doctor_reads_the_port_where_the_site_does(
    tmp_path: Path, text: str, port: str
) -> None:
    (tmp_path / ".env").write_text(text)
    assert doctor._port_in(tmp_path / ".env") == port


def test_the_doctor_runs_where_nothing_is_installed() -> None:
    """Without the packages of .venv, and by a Python that may be old."""
    code = "import sys; sys.path.insert(0, '.'); import tools.doctor, tools.step, tools.install"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=ROOT, check=True)


# --- steps and packages


def test_a_step_says_what_came_and_how_long_it_took(tmp_path: Path) -> None:
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_bytes(bytes(3_000_000))"
    command = [*PYTHON, "tools.step", "Making it", str(tmp_path), "--", sys.executable, "-c", code]
    done = subprocess.run(
        [*command, str(tmp_path / "file")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    assert first == "Making it …"
    assert second.startswith("  3 MB in ")
    assert second.endswith(" s")


def test_a_step_that_fails_has_the_exit_code_of_its_command(tmp_path: Path) -> None:
    failing = (sys.executable, "-c", "raise SystemExit(3)")
    assert step.main("Trying", str(tmp_path), *failing) == 3


CONFIG = """:env:.cert='/etc/ca.crt'
:env:.index-url='https://mine.example/simple'
global.extra-index-url='https://a.example https://b.example'
global.index-url='https://other.example/simple'
install.find-links='/wheels /more'
global.timeout='60'
"""


def test_uv_looks_where_pip_was_told_to_look() -> None:
    assert install.settings_for_uv(CONFIG, {}) == {
        "SSL_CERT_FILE": "/etc/ca.crt",
        "UV_DEFAULT_INDEX": "https://mine.example/simple",
        "UV_INDEX": "https://a.example https://b.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
    }
    kept = install.settings_for_uv(CONFIG, {"UV_INDEX": "https://said.example"})
    assert "UV_INDEX" not in kept, "what is said to uv itself wins"


@pytest.mark.parametrize(("code", "by_pip"), [(0, False), (1, True)])
def test_pip_installs_what_uv_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, by_pip: bool
) -> None:
    uv, ran = tmp_path / "uv", []
    uv.write_text(f"#!/bin/sh\nexit {code}\n")
    uv.chmod(0o755)
    monkeypatch.setattr(install, "find_uv", lambda: str(uv))
    monkeypatch.setattr(install, "_run_pip", lambda wanted: ran.append(wanted) or 0)
    assert install.main(ROOT / "requirements.txt") == 0
    assert bool(ran) is by_pip


def test_uv_is_not_fetched_for_a_few_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "find_uv", lambda: pytest.fail("it takes longer than pip does"))
    monkeypatch.setattr(install, "_run_pip", lambda _wanted: 0)
    assert install.count(ROOT / "requirements-uv.txt") == 1
    assert install.main(ROOT / "requirements-uv.txt") == 0
