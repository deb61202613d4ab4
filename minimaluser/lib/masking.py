"""What a setting is, in words that others may read: without secrets and passwords."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from minimaluser.lib import database_url, environment
from minimaluser.lib.environment import Setting

SECRET = re.compile(r"pass(word|wd|phrase)?$|pwd|secret|token|(client|server|api|access)_?key")


def told(each: Setting, value: Any) -> str:
    """Return the value of a setting in words, without what is nobody's business."""
    if each.read is environment.secrets:
        return f"set, {len(value)} of them" if len(value) > 1 else "set" if value else "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, str):
        return str(value)
    return (_of_database(value) if each.read is database_url.read else address(value)) or each.usual


def address(text: str) -> str:
    """Return an address without its user, its password and the options that are secret."""
    if "://" not in text:
        return text
    found = urlsplit(text)
    host = found.netloc.rpartition("@")[2]
    return _put_together(
        found.scheme, host != found.netloc, host + found.path, found.query + found.fragment
    )


def _of_database(text: str) -> str:
    found = database_url.POSTGRESQL.fullmatch(text)
    if not found:
        return text  # of SQLite, which has no password
    place = found["hosts"] + ("" if found["database"] is None else f"/{found['database']}")
    scheme = text.partition(":")[0]
    return _put_together(scheme, found["user"] is not None, place, found["query"] or "")


def _put_together(scheme: str, has_user: bool, place: str, options: str) -> str:
    shown = "&".join(_option(option) for option in options.split("&"))
    return f"{scheme}://{'…@' * has_user}{place}" + (f"?{shown}" if shown else "")


def _option(text: str) -> str:
    name = text.partition("=")[0]
    return f"{name}=…" if SECRET.search(unquote(name).lower()) else text
