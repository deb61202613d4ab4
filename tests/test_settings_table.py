"""The tables of settings: right, odd and wrong values of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from minimaluser.lib import environment
from minimaluser.mailer import settings as mailer_settings
from minimaluser.settings import BadSettings, Settings, load
from minimaluser.testing.sites import PRODUCTION

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
