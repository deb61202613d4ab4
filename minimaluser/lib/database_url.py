"""The address of a database, as SQLAlchemy or libpq write it, read in one way for all."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from sqlalchemy import URL, make_url

from minimaluser.lib.environment import Wrong

POSTGRESQL = re.compile(
    r"postgres(?:ql)?(?:\+psycopg)?://"
    r"(?:(?P<user>[^:/?]*?)(?::(?P<password>.*?))?@)?"  # any sign that leaves the rest an address
    r"(?P<hosts>[^@/?#]*)"
    r"(?:/(?P<database>[^@/?#]*))?"
    r"(?:\?(?P<query>(?:\w+=[^&#]*(?:&|$))*))?"
)
HOST = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^:\[\]]*))(?::(?P<port>\d*))?")
SQLITE = re.compile(r"sqlite(\+pysqlite)?:////[^?]+")
SHAPE_OF_SQLITE = (
    "must be sqlite:/// and a path from the root, such as sqlite:////data/site.db, "
    "with %3F for ?, %25 for % and no options"
)
SHAPE = (
    "must be postgresql://user:password@host:5432/name?option=value, "
    "where a name or a password has %40 for @, %2F for /, %3F for ?, %23 for # and %25 for %"
)
AWAY = "The database does not answer: does it run, and is DATABASE_URL right?"
NOT_JUDGED = ("hostaddr", "gssencmode")  # where to connect to, and what only a network has
NOBODY = {"host": "/nobody/listens/here", "port": "1"}
# A server that has vanished would be waited for until the kernel gives up, a quarter of an hour.
DEFAULTS = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10000,
}


def read(text: str) -> str:
    """Check an address and return it; the empty one is none.

    Raises:
        Wrong: with a sentence that repeats nothing which may be a password.
    """
    if text and not re.match(r"(postgres(ql)?|sqlite)(\+\w+)?://", text):
        raise Wrong("must start with postgresql:// or sqlite://")
    if text.startswith("sqlite") and not SQLITE.fullmatch(text):
        raise Wrong(SHAPE_OF_SQLITE)
    if text.startswith("postgres"):
        _insist_on_options(url(text))
    return text


def url(text: str) -> URL:
    """Return an address for SQLAlchemy.

    Raises:
        Wrong: it is none.
    """
    if text.startswith("sqlite"):
        return make_url(text)
    found = POSTGRESQL.fullmatch(text)
    if found is None or "%00" in text:
        raise Wrong(SHAPE)
    options = parse_qs(found["query"] or "", keep_blank_values=True)
    places = [_place(host) for host in found["hosts"].split(",")]
    if given := options.pop("host", None):
        places = [_place(host) for several in given for host in several.split(",")]
    if given := options.pop("port", None):
        places = _with_ports([host for host, _ in places], given[-1].split(","))
    query = {name: values[-1] for name, values in options.items()}
    if query.pop("ssl", "") == "true":  # as JDBC has it, and libpq
        query["sslmode"] = "require"
    host, port = (",".join(each) for each in zip(*places, strict=True))
    if "," in host or host.startswith(("/", "@")):
        query |= {"host": host} | ({"port": port} if port.strip(",") else {})
        host = port = ""
    return URL.create(
        "postgresql+psycopg",
        unquote(found["user"]) if found["user"] else None,
        unquote(found["password"]) if found["password"] is not None else None,
        host or None,
        int(port) if port else None,
        unquote(found["database"]) if found["database"] else None,
        query,
    )


def misplaced(text: str, made: Path) -> list[str]:
    """Return why the file of SQLite cannot be where an address says: a problem, or none.

    Args:
        text: the address of any database.
        made: a folder that will be there, though perhaps it is not yet.
    """
    if not text.startswith("sqlite"):
        return []
    file = Path(str(make_url(text).database))
    if os.path.isdir(file):  # noqa: PTH112 - Path.is_dir raises for long names
        return [f"DATABASE_URL must lead to a file, and not to a folder: {file}"]
    if file.parent.resolve() != made and not os.path.isdir(file.parent):  # noqa: PTH112
        return [f"DATABASE_URL must lead to a file in a folder that is there: {file}"]
    return []


def for_psycopg(address: URL) -> dict[str, Any]:
    """Return the arguments of `psycopg.connect` for an address."""
    return DEFAULTS | _told(address)


def _told(address: URL) -> dict[str, Any]:
    return dict(address.get_dialect()().create_connect_args(address)[1])


def _place(text: str) -> tuple[str, str]:
    """Return a host and its port, which may be empty; a folder or a bare IPv6 address has none."""
    if text.startswith(("/", "@")) or (text.count(":") > 1 and "[" not in text):
        return text, ""
    found = HOST.fullmatch(text)
    if found is None:
        raise Wrong(SHAPE)
    return unquote(found["ipv6"] or found["host"]), _checked(found["port"] or "")


def _with_ports(hosts: list[str], ports: list[str]) -> list[tuple[str, str]]:
    ports = ports * len(hosts) if len(ports) == 1 else ports
    if len(ports) != len(hosts):
        raise Wrong("must have one port, or one for each host")
    return [(host, _checked(port)) for host, port in zip(hosts, ports, strict=True)]


def _checked(port: str) -> str:
    if port and not (port.isdecimal() and port.isascii() and 0 < int(port) < 65536):
        raise Wrong("must have ports from 1 to 65535")
    return port


def _insist_on_options(address: URL) -> None:
    """Have libpq judge the options, without anything being connected to."""
    import psycopg

    told = _told(address) | NOBODY
    for name in DEFAULTS.keys() & told.keys():
        if not told[name].isdecimal():
            raise Wrong(f"must have a whole number for {name}")
    bare = {name: told[name] for name in ("user", "password", "dbname", *NOBODY) if name in told}
    try:
        said = _said(told)
    except psycopg.Error as problem:
        said = str(problem).strip()
    if said != _said(bare):
        raise Wrong(f"must have options of PostgreSQL's libpq; it says: {said}")


def _said(told: dict[str, Any]) -> str:
    """Return what libpq says to a connection that cannot be made."""
    from psycopg import conninfo, pq

    judged = {name: value for name, value in told.items() if name not in NOT_JUDGED}
    attempt = pq.PGconn.connect_start(conninfo.make_conninfo(**judged).encode())
    try:
        return attempt.get_error_message().strip()
    finally:
        attempt.finish()
