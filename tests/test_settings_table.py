"""The tables of settings: each value is tried, each setting is read, and the docs are theirs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from minimaluser.lib import environment
from minimaluser.mailer import settings as mailer_settings
from minimaluser.settings import ROOT, BadSettings, Settings, load
from minimaluser.testing.database import work
from minimaluser.testing.sites import PRODUCTION
from tools import settings as written

SITE = {each.name: each for each in environment.table(Settings)}
MAILER = {each.name: each for each in environment.table(mailer_settings.Settings)}
SECRET = "a-secret-of-32-bytes-and-a-few-more"
SWITCH = (
    {"1": True, "0": False},
    {" TRUE ": True, "Yes": True, "on": True, "No": False, "off": False, "": False},
    ["2", "ja", "-1", "1,0"],
    "must be 1 (on) or 0 (off)",
)
WEB = (
    {"https://t.example": "https://t.example"},
    {" http://127.0.0.1:9000/x ": "http://127.0.0.1:9000/x", "": ""},
    ["t.example", "ftp://t.example", "https:/t.example", "https://t.example /x"],
    "must start with https:// or http://",
)
SECRETS: Any = ({SECRET: (SECRET,)}, {f" {SECRET} ,, b,": (SECRET, "b")}, [], "")
NOT_FROM_1 = ["0", "-1", "1.5", "many", "1e3", "٣", "1 2"]

# What is right, what is odd and still taken, what is wrong, and how that is told.
VALUES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str], str]] = {
    "APP_ENV": (
        {"development": "development"},
        {"": "development", " development ": "development"},
        ["prod", "Production", "DEVELOPMENT", "production development"],
        "must be development or production",
    ),
    "SITE_URL": (
        {"https://mu.example": "https://mu.example"},
        {"http://localhost:5000/": "http://localhost:5000", "": "http://127.0.0.1:5000"},
        ["mu.example", "//mu.example", "javascript:alert(1)"],
        "must start with https:// or http://",
    ),
    "DATABASE_URL": (
        {"postgresql://mu@h/mu": "postgresql://mu@h/mu"},
        {"postgres://mu:p%40ss@h/mu": "postgres://mu:p%40ss@h/mu", "sqlite://": "sqlite://"},
        ["mysql://mu@h/mu", "site.db", "postgresql:mu", "/var/site.db"],
        "must start with postgresql:// or sqlite://",
    ),
    "INSTANCE_PATH": ({"{tmp}/here": "{tmp}/here"}, {"{tmp}/a/../b": "{tmp}/b"}, [], ""),
    "SESSION_SECRET": SECRETS,
    "JWT_SECRET_USER": SECRETS,
    "JWT_SECRET_HTML": SECRETS,
    "JWT_MAILER_SECRET": SECRETS,
    "MAILER_URL": (
        {"https://mailer.example": "https://mailer.example"},
        {"http://mailer:8000": "http://mailer:8000", "http://[::1]:1": "http://[::1]:1", "": ""},
        ["http://mailer.example.org", "mailer:8000", "https://", "smtp://mailer"],
        "must start with https://, or http:// inside one machine",
    ),
    "AWS_TILES_BUCKET_NAME": ({"tiles": "tiles"}, {" tiles ": "tiles", "": ""}, [], ""),
    "AWS_TILES_BUCKET_URL": WEB,
    "AWS_ENDPOINT_URL": WEB,
    "RATE_LIMIT_STORAGE_URL": (
        {"redis://h:6379/0": "redis://h:6379/0", "valkey://h": "valkey://h"},
        {"rediss://h": "rediss://h", "unix:///run/redis": "unix:///run/redis", "": ""},
        ["memcached://h", "h:6379", "redis:h", "redis"],
        "must start with redis:// or valkey://",
    ),
    "RATE_LIMIT_CROWD": ({"1": 1}, {" 20 ": 20, "": 1000}, NOT_FROM_1, "must be a number from 1"),
    "WEB_THREADS": ({"8": 8}, {"008": 8, "": 24}, NOT_FROM_1, "must be a number from 1"),
    "TRUSTED_PROXIES": ({"1": 1}, {"": 0, "00": 0}, ["-1", "one", "1.5"], "must be a number"),
    "CONTACT_EMAIL": (
        {"help@mu.example": "help@mu.example"},
        {" help@mu.example ": "help@mu.example", "": ""},
        ["help", "help@", "Help <help@mu.example>", "a@b.example, c@d.example"],
        "must be an address and nothing else",
    ),
    "PRIVATE_SIGNUP": SWITCH,
    "SW_DISABLED": SWITCH,
    "METRICS": SWITCH,
    "PORT": (
        {"5001": 5001},
        {" 65535 ": 65535, "": 5000},
        ["0", "65536", "http", "-1"],
        "must be a number from 1 to 65535",
    ),
    "FLASK_DEBUG": SWITCH,
}
ALONE = {
    "JWT_MAILER_SECRET": SECRET,
    "SMTP_URL": "smtp://localhost",
    "MAIL_FROM": "site@mu.example",
}
OF_MAILER: dict[str, tuple[dict[str, Any], dict[str, Any], list[str], str]] = {
    "JWT_MAILER_SECRET": (
        {SECRET: (SECRET,)},
        {f" {SECRET} , {SECRET[::-1]}": (SECRET, SECRET[::-1])},
        ["short", f"{SECRET},short"],
        "is shorter than 32 bytes",
    ),
    "SMTP_URL": (
        {"smtp://u:p@h:587": "smtp://u:p@h:587"},
        {"smtps://h": "smtps://h", "smtp+plaintext://h:25": "smtp+plaintext://h:25"},
        ["", "h:587", "smtp://", "smtp://h:many", "smtp://h:99999", "smtp://[h", "http://h"],
        "must be smtp://, smtps:// or smtp+plaintext:// with a host",
    ),
    "MAIL_FROM": (
        {"site@mu.example": "site@mu.example"},
        {" site@mu.example ": "site@mu.example"},
        ["", "site", "site@", "The Site <site@mu.example>"],
        "must be an address and nothing else",
    ),
    "MAILER_RECIPIENT_A_DAY": ({"5": 5}, {"": 10}, NOT_FROM_1, "must be a number from 1"),
    "MAILER_A_MINUTE": ({"5": 5}, {"": 60}, NOT_FROM_1, "must be a number from 1"),
    "INSTANCE_PATH": ({"{tmp}/here": "{tmp}/here"}, {"{tmp}/a/../b": "{tmp}/b"}, [], ""),
}


def kinds(values: dict[str, Any], which: int) -> list[tuple[str, Any]]:
    return [(name, text) for name in values for text in values[name][which]]


def test_every_setting_is_tried() -> None:
    assert VALUES.keys() == SITE.keys()
    assert OF_MAILER.keys() == MAILER.keys()


def insist(
    read: Callable[[dict[str, str]], Any],
    environ: dict[str, str],
    name: str,
    want: Any,
    tmp: Path,
) -> None:
    found = getattr(read(environ), name.lower())
    plain = found.geturl() if hasattr(found, "geturl") else found
    if isinstance(want, str):
        plain, want = str(plain), want.replace("{tmp}", str(tmp))
    assert plain == want


@pytest.mark.parametrize(("name", "text"), kinds(VALUES, 0) + kinds(VALUES, 1))
def test_OP1_a_right_or_odd_value_is_taken(tmp_path: Path, name: str, text: str) -> None:
    wanted = (VALUES[name][0] | VALUES[name][1])[text]
    environ = {"INSTANCE_PATH": str(tmp_path)} | {name: text.replace("{tmp}", str(tmp_path))}
    insist(load, environ, name, wanted, tmp_path)


@pytest.mark.parametrize(("name", "text"), kinds(VALUES, 2))
def test_OP1_a_wrong_value_is_named_with_what_it_must_be(
    tmp_path: Path, name: str, text: str
) -> None:
    with pytest.raises(BadSettings) as refused:
        load({"INSTANCE_PATH": str(tmp_path / "never"), name: text})
    assert str(refused.value) == f"This site cannot start:\n- {name} {VALUES[name][3]}"
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(("name", "text"), kinds(OF_MAILER, 0) + kinds(OF_MAILER, 1))
def test_OP1_a_right_or_odd_value_is_taken_by_the_mailer(
    tmp_path: Path, name: str, text: str
) -> None:
    wanted = (OF_MAILER[name][0] | OF_MAILER[name][1])[text]
    environ = ALONE | {"INSTANCE_PATH": str(tmp_path), name: text.replace("{tmp}", str(tmp_path))}
    insist(mailer_settings.load, environ, name, wanted, tmp_path)


@pytest.mark.parametrize(("name", "text"), kinds(OF_MAILER, 2))
def test_OP1_a_wrong_value_of_the_mailer_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(BadSettings) as refused:
        mailer_settings.load(ALONE | {"INSTANCE_PATH": str(tmp_path / "never"), name: text})
    assert str(refused.value) == f"The mailer cannot start:\n- {name} {OF_MAILER[name][3]}"
    assert not (tmp_path / "never").exists()


def test_OP1_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    wrong = {name: each[2][0] for name, each in VALUES.items() if each[2]}
    with pytest.raises(BadSettings) as refused:
        load({"INSTANCE_PATH": str(tmp_path)} | wrong)
    lines = str(refused.value).splitlines()[1:]
    assert sorted(lines) == sorted(f"- {name} {VALUES[name][3]}" for name in wrong)


def test_OP1_a_site_url_in_production_starts_with_https(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"- SITE_URL must start with https://$"):
        load(PRODUCTION | {"INSTANCE_PATH": str(tmp_path), "SITE_URL": "http://mu.example"})


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


def test_no_setting_of_ours_is_asked_for_by_a_string() -> None:
    """Flask's own keys stay where Flask looks for them."""
    asked = set()
    for path in sorted((ROOT / "minimaluser").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"""\bconfig(?:\[|\.get\()\s*["'](\w+)["']""", text))
    assert not asked & SITE.keys()
    assert asked == {
        "MAX_CONTENT_LENGTH",
        "SECRET_KEY",
        "SESSION_COOKIE_SECURE",
        "SQLALCHEMY_DATABASE_URI",
    }


def test_the_environment_is_read_in_one_place_only() -> None:
    readers = {
        path.relative_to(ROOT / "minimaluser").as_posix()
        for path in (ROOT / "minimaluser").rglob("*.py")
        if path.parent.name != "testing"  # which starts programs
        and re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }
    assert readers == {"settings.py", "mailer/settings.py", "views/metrics.py"}


# --- what is derived from the tables


@pytest.mark.parametrize("file", [written.DOCS, written.EXAMPLE], ids=lambda path: str(path.name))
def test_the_docs_of_the_settings_are_the_tables(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert written.written(file) == text, "python -m tools.settings writes them anew"
    for each in [*SITE.values(), *MAILER.values()]:
        assert each.name in text


@pytest.mark.parametrize("file", [written.DOCS, written.EXAMPLE], ids=lambda path: str(path.name))
def test_another_sentence_would_change_the_docs(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = environment.Setting("OTHER", "For trying.", "1", "1", str, "7")
    monkeypatch.setattr(written, "SITE", [*written.SITE, other])
    assert "OTHER" in written.written(file)
    assert "For trying." in written.written(file)


@pytest.mark.parametrize("each", [*SITE.values(), *MAILER.values()], ids=lambda each: each.name)
def test_a_setting_has_one_sentence(each: environment.Setting) -> None:
    assert each.sentence.endswith(".")
    assert "\n" not in each.sentence


def test_the_doctor_names_every_setting(app: Flask) -> None:
    work(app)
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["doctor"]).output
    assert [line for line in SITE if not re.search(rf"^{line}: +\S", said, re.MULTILINE)] == []


def test_what_the_image_of_the_mailer_holds_is_enough(tmp_path: Path) -> None:
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
        f"mailer.create_app({ALONE | {'INSTANCE_PATH': str(tmp_path / 'data')}!r});"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in ('minimaluser', 'sqlalchemy')))"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    modules = set(ast.literal_eval(ran.stdout))
    assert {name for name in modules if not name.startswith("minimaluser.mailer")} == {
        "minimaluser",
        "minimaluser.lib",
        "minimaluser.lib.environment",
    }
