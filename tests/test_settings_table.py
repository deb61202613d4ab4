"""The tables of settings: right, odd and wrong values of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from minimaluser import server
from minimaluser.lib import environment
from minimaluser.mailer import settings as mailer_settings
from minimaluser.settings import BadSettings, Settings, load
from minimaluser.testing.sites import PRODUCTION
from tests.tried_settings import ALONE, OF_MAILER, OF_SERVER, OF_SITE, Tried

SITE = {each.name: each for each in environment.table(Settings)}
MAILER = {each.name: each for each in environment.table(mailer_settings.Settings)}
SERVER = {each.name: each for each in environment.table(server.Settings)}


def load_server(environ: Mapping[str, str]) -> Any:
    """Read what gunicorn is told."""
    return server.load(environ)[0]


# What is tried of a table, the table, what reads it, what else it needs.
TABLES: dict[str, tuple[Tried, Any, Callable[[Mapping[str, str]], Any], dict[str, str]]] = {
    "site": (OF_SITE, SITE, load, {}),
    "mailer": (OF_MAILER, MAILER, mailer_settings.load, ALONE),
    "server": (OF_SERVER, SERVER, load_server, ALONE),
}


def taken() -> Iterator[tuple[str, str, str, Any]]:
    for table, (tried, *_) in TABLES.items():
        for name, (right, odd, _, _) in tried.items():
            yield from ((table, name, text, read) for text, read in (right | odd).items())


def refused() -> Iterator[tuple[str, str, str, str]]:
    for table, (tried, *_) in TABLES.items():
        for name, (_, _, wrong, word) in tried.items():
            words = wrong if isinstance(wrong, dict) else dict.fromkeys(wrong, word)
            yield from ((table, name, text, said) for text, said in words.items())


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_is_tried(table: str) -> None:
    tried, known, *_ = TABLES[table]
    assert tried.keys() == known.keys()


@pytest.mark.parametrize(("table", "name", "text", "wanted"), [*taken()])
def test_OP1_a_right_or_odd_value_is_taken(
    tmp_path: Path, table: str, name: str, text: str, wanted: Any
) -> None:
    *_, read, more = TABLES[table]
    environ = more | {"INSTANCE_PATH": str(tmp_path)}
    found = getattr(read(environ | {name: text.replace("{tmp}", str(tmp_path))}), name.lower())
    plain = found.geturl() if hasattr(found, "geturl") else found
    if isinstance(wanted, str):
        plain, wanted = str(plain), wanted.replace("{tmp}", str(tmp_path))
    assert plain == wanted


@pytest.mark.parametrize(("table", "name", "text", "said"), [*refused()])
def test_OP1_a_wrong_value_is_named_with_what_it_must_be(
    tmp_path: Path, table: str, name: str, text: str, said: str
) -> None:
    *_, read, more = TABLES[table]
    environ = more | {"INSTANCE_PATH": str(tmp_path / "never")}
    with pytest.raises(BadSettings) as refusal:
        read(environ | {name: text.replace("{tmp}", str(tmp_path))})
    told, *others = refusal.value.problems
    assert others == []
    assert told == f"{name} {said}" or (said.endswith(": ") and told.startswith(f"{name} {said}"))
    assert name != "INSTANCE_PATH" or not (tmp_path / "never").exists()


@pytest.mark.parametrize(("table", "name"), [(t, name) for t in TABLES for name in TABLES[t][1]])
def test_OP1_a_value_that_is_no_text_is_named(tmp_path: Path, table: str, name: str) -> None:
    """The bytes of another encoding, as Python hands them on."""
    *_, read, more = TABLES[table]
    environ = more | {"INSTANCE_PATH": str(tmp_path / "never")}
    with pytest.raises(BadSettings) as refusal:
        read(environ | {name: "M\udcfcnchen"})
    assert refusal.value.problems == (f"{name} must be written in UTF-8",)


@pytest.mark.parametrize("table", TABLES)
def test_OP1_all_mistakes_are_named_at_once(tmp_path: Path, table: str) -> None:
    tried, _, read, more = TABLES[table]
    wrong = {name: next(iter(each[2])) for name, each in tried.items() if each[2]}
    wrong.pop("INSTANCE_PATH", None)  # a folder is made when all the rest is right
    with pytest.raises(BadSettings) as refusal:
        read(more | {"INSTANCE_PATH": str(tmp_path)} | wrong)
    assert {problem.split()[0] for problem in refusal.value.problems} == wrong.keys()
    assert len(refusal.value.problems) == len(wrong)


def test_OP1_a_site_url_in_production_starts_with_https(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"- SITE_URL must start with https://$"):
        load(PRODUCTION | {"INSTANCE_PATH": str(tmp_path), "SITE_URL": "http://mu.example"})


def test_OP1_gunicorns_mistakes_are_named_with_those_of_what_it_starts(tmp_path: Path) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path), "PORT": "x", "WEB_CONCURRENCY": "0"}
    for app, theirs in ((server.SITE, "PRIVATE_SIGNUP"), (server.MAILER, "SMTP_URL")):
        with pytest.raises(BadSettings) as refusal:
            server.load(environ | ALONE | {theirs: "?", "WSGI_APP": app})
        names = [problem.split()[0] for problem in refusal.value.problems]
        assert sorted(names) == sorted({"PORT", "WEB_CONCURRENCY", theirs})
