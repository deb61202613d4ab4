"""The address of a database: whatever SQLAlchemy and libpq take, or one sentence (OP1)."""

from __future__ import annotations

import string
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import make_url

from minimaluser.lib.database_url import DEFAULTS, for_psycopg, read, url
from minimaluser.lib.environment import Wrong

Told = dict[str, Any]
HOST: Told = {"host": "h", "dbname": "d"}
TWO: Told = {"host": "h1,h2", "dbname": "d"}
TAKEN: dict[str, Told] = {
    "postgres://h/d": HOST,
    "postgresql://h/d": HOST,
    "postgresql+psycopg://h/d?": HOST,
    "postgresql://": {},
    "postgresql:///d": {"dbname": "d"},
    "postgresql://u:p@h:5433/d": HOST | {"user": "u", "password": "p", "port": 5433},
    "postgresql://u@server:p@h/d": HOST | {"user": "u@server", "password": "p"},
    "postgresql://[::1]:5/d": {"host": "::1", "port": 5, "dbname": "d"},
    "postgresql://%2Fvar%2Frun:5433/d": {"host": "/var/run", "port": "5433", "dbname": "d"},
    "postgresql:///d?host=/var/run": {"host": "/var/run", "dbname": "d"},
    "postgresql:///d?host=h&port=7": HOST | {"port": 7},
    "postgresql:///d?host=::1": {"host": "::1", "dbname": "d"},
    "postgresql://h1,h2/d": TWO | {"port": ","},
    "postgresql://h1:1,h2:2/d": TWO | {"port": "1,2"},
    "postgresql://h1,h2:2/d": TWO | {"port": ",2"},
    "postgresql:///d?host=h1:1&host=h2:2": TWO | {"port": "1,2"},
    "postgresql:///d?host=h1,h2&port=1,2": TWO | {"port": "1,2"},
    "postgresql:///d?host=h1,h2&port=1": TWO | {"port": "1,1"},
    "postgresql://[::1]:5,h/d": {"host": "::1,h", "port": "5,", "dbname": "d"},
    "postgresql://h/d?target_session_attrs=read-write": HOST
    | {"target_session_attrs": "read-write"},
    "postgresql://h/d?options=-csearch_path%3Dapp": HOST | {"options": "-csearch_path=app"},
    "postgresql://h/d?options=-c+a%3D1%20-c+b=2": HOST | {"options": "-c a=1 -c b=2"},
    "postgresql://h/d?ssl=true": HOST | {"sslmode": "require"},
    "postgresql://h/d?sslmode=verify-full&sslrootcert=system": HOST
    | {"sslmode": "verify-full", "sslrootcert": "system"},
    "postgresql://h/d?gssencmode=disable&application_name=a%20b": HOST
    | {"gssencmode": "disable", "application_name": "a b"},
    "postgresql://h/d?user=u&password=a%2Bb": HOST | {"user": "u", "password": "a+b"},
    "postgresql://h/d?connect_timeout=9": HOST | {"connect_timeout": "9"},
}
REFUSED = {
    "postgresql+psycopg2://u:hush@h/d": "must be postgresql://user:password@host:5432/name",
    "postgresql://u:hush@h:abc/d": "must be postgresql://user:password@host:5432/name",
    "postgresql://u:hush@h/d?x": "must be postgresql://user:password@host:5432/name",
    "postgresql://u:hush%00@h/d": "must be postgresql://user:password@host:5432/name",
    "postgresql://u:hush@h:65536/d": "must have ports from 1 to 65535",
    "postgresql://u:hush@h1,h2,h3/d?port=1,2": "must have one port, or one for each host",
    "postgresql://u:hush@h/d?schema=app": 'it says: invalid connection option "schema"',
    "postgresql://u:hush@h/d?prepare_threshold=0": 'invalid connection option "prepare_threshold"',
    "postgresql://u:hush@h/d?sslmode=sure": 'it says: invalid sslmode value: "sure"',
    "postgresql://u:hush@h/d?sslmode=require&sslrootcert=system": 'weak sslmode "require"',
    "postgresql://u:hush@h/d?target_session_attrs=x": "invalid target_session_attrs value",
    "postgresql://u:hush@h/d?service=hidden": 'definition of service "hidden" not found',
    "postgresql://u:hush@h/d?connect_timeout=soon": "must have a whole number for connect_timeout",
    "sqlite:///site.db?timeout=3": "must be sqlite:/// and a path",
    "sqlite+aiosqlite:///site.db": "must be sqlite:/// and a path",
    "mysql://u:hush@h/d": "must start with postgresql:// or sqlite://",
    "postgresql:d": "must start with postgresql:// or sqlite://",
    "/var/site.db": "must start with postgresql:// or sqlite://",
}


def told(text: str) -> Told:
    """What psycopg is told beyond what it always is, as the engine tells it."""
    assert read(text) == text
    of_the_engine = make_url(url(text).render_as_string(hide_password=False))
    found = for_psycopg(of_the_engine)
    assert found == for_psycopg(url(text))
    return {name: value for name, value in found.items() if DEFAULTS.get(name) != value}


@pytest.mark.parametrize("text", TAKEN)
def test_OP1_what_sqlalchemy_or_libpq_take_reaches_the_driver(text: str) -> None:
    assert told(text) == TAKEN[text]


@pytest.mark.parametrize("text", REFUSED)
def test_OP1_any_other_address_is_refused_in_a_sentence_without_its_password(text: str) -> None:
    with pytest.raises(Wrong) as refused:
        read(text)
    said = str(refused.value)
    assert REFUSED[text] in said
    assert "hush" not in said
    assert "\n" not in said


@pytest.mark.parametrize("sign", [*string.punctuation, " ", "ü", "€", "字"])
def test_OP1_a_password_may_have_any_sign(sign: str) -> None:
    for password in (f"{sign}a{sign * 2}b{sign}", sign):
        whole = f"postgresql://u:{quote(password, safe='')}@h:5/d?options=-ca%40b"
        assert told(whole)["password"] == password
        found = told(f"postgresql://{quote(password, safe='')}@h/d")
        assert found == HOST | {"user": password}


@pytest.mark.parametrize("sign", sorted({*string.punctuation, " ", "ü"} - {"%"}))
def test_OP1_a_password_with_a_sign_that_is_not_encoded_is_read_as_it_was_meant(sign: str) -> None:
    found = told(f"postgresql://u:a{sign}b{sign}1@h:5/d?options=-ca%40b")
    assert found == HOST | {"user": "u", "password": f"a{sign}b{sign}1", "port": 5} | {
        "options": "-ca@b"
    }


def test_a_file_of_sqlite_may_have_any_path() -> None:
    for path in ("/data/site.db", "/tmp/a b/%.db", "/tmp/q?x=1/ü#.db"):
        text = f"sqlite:///{quote(path)}"
        assert read(text) == text
        assert make_url(url(text).render_as_string(hide_password=False)).database == path
