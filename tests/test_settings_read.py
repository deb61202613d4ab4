"""Each setting is read by somebody, in one place, and has one sentence."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from minimaluser.lib import environment
from minimaluser.settings import ROOT
from minimaluser.testing.database import work
from tests.test_settings_table import MAILER, SERVER, SITE
from tests.tried_settings import ALONE
from tools import settings as written

# --- each is read


def read_in(sources: list[str]) -> set[str]:
    """The attributes that modules read, and the names that a loader asks its values for."""
    names: set[str] = set()
    for source in sources:
        for each in ast.walk(ast.parse(source)):
            if isinstance(each, ast.Attribute):
                names.add(each.attr)
            if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Constant):
                names.add(str(each.slice.value))
    return names


@pytest.mark.parametrize(("table", "mailer"), [(SITE, False), (MAILER, True)])
def test_every_setting_is_read_by_somebody(
    table: dict[str, environment.Setting], mailer: bool
) -> None:
    paths = sorted((ROOT / "minimaluser").rglob("*.py"))
    ours = [path for path in paths if ("mailer" in path.parts) == mailer]
    read = read_in([path.read_text(encoding="utf-8") for path in ours])
    assert {name for name in [*table, "MADE_UP"] if name.lower() not in read} == {"MADE_UP"}


def test_every_setting_of_gunicorn_is_read_by_its_file() -> None:
    read = read_in([(ROOT / "deploy" / "gunicorn.conf.py").read_text(encoding="utf-8")])
    assert {name for name in SERVER if name.lower() not in read} == set()


def test_no_setting_of_ours_is_asked_for_by_a_string() -> None:
    """Flask's own keys stay where Flask looks for them."""
    asked = set()
    for path in sorted((ROOT / "minimaluser").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"""\bconfig(?:\[|\.get\()\s*["'](\w+)["']""", text))
    assert not asked & SITE.keys()
    assert asked == {
        "COOKIE_SUFFIX",
        "MAX_CONTENT_LENGTH",
        "SECRET_KEY",
        "SESSION_COOKIE_SECURE",
        "SQLALCHEMY_ENGINE_OPTIONS",
    }


def test_the_environment_is_read_in_one_place_only() -> None:
    readers = {
        path.relative_to(ROOT / "minimaluser").as_posix()
        for path in (ROOT / "minimaluser").rglob("*.py")
        if ROOT / "minimaluser" / "testing" not in path.parents  # which starts programs
        and re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }
    assert readers == {"settings.py", "server.py", "mailer/settings.py", "views/metrics.py"}


# --- what is derived from the tables


@pytest.mark.parametrize("file", written.FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_docs_of_the_settings_are_the_tables(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert written.written(file) == text, "python -m tools.settings writes them anew"
    there = [*SITE.values(), *MAILER.values(), *SERVER.values()]
    for each in [*SITE.values()] if file == written.DEVELOPMENT else there:
        assert each.name in text


@pytest.mark.parametrize("file", written.FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_another_sentence_would_change_the_docs(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = environment.Setting("OTHER", "For trying.", "1", "1", str, "7")
    monkeypatch.setattr(written, "SITE", [*written.SITE, other])
    assert "OTHER" in written.written(file)
    assert "For trying." in written.written(file)


@pytest.mark.parametrize(
    "each", [*SITE.values(), *MAILER.values(), *SERVER.values()], ids=lambda each: each.name
)
def test_a_setting_has_one_sentence(each: environment.Setting) -> None:
    assert each.sentence.endswith(".")
    assert "\n" not in each.sentence


def test_the_doctor_names_every_setting(app: Flask) -> None:
    work(app)
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["doctor"]).output
    assert [line for line in SITE if not re.search(rf"^{line}: +\S", said, re.MULTILINE)] == []


def test_the_files_in_the_image_of_the_mailer_are_enough(tmp_path: Path) -> None:
    """Neither the site nor its database is there."""
    stage = (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("AS mailer\n")[2]
    for line in re.findall(r"^COPY (minimaluser.*)$", stage.partition("\nFROM")[0], re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            for path in list((ROOT / source).rglob("*.py")) or [ROOT / source]:
                inner = path.relative_to(ROOT / source) if path != ROOT / source else path.name
                to = tmp_path / target / inner
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    code = (
        "import sys; sys.path.insert(0, '.'); import minimaluser.mailer as mailer;"
        "from minimaluser import server; server.load(app=server.MAILER);"
        f"mailer.create_app({ALONE | {'INSTANCE_PATH': str(tmp_path / 'data')}!r});"
        "ours = ('minimaluser', 'sqlalchemy');"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in ours))"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        env=os.environ | ALONE | {"INSTANCE_PATH": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(ast.literal_eval(ran.stdout))
    assert {name for name in modules if not name.startswith("minimaluser.mailer")} == {
        "minimaluser",
        "minimaluser.lib",
        "minimaluser.lib.addresses",
        "minimaluser.lib.environment",
        "minimaluser.lib.private_file",
        "minimaluser.server",
    }
