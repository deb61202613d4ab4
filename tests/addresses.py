"""An address of every view, for walks over all of them."""

from __future__ import annotations

from flask import Flask

from minimaluser.security.access import (
    addresses,
)

LOG_OUT, DEVELOPMENT = "/logout", "/dev/"


def paths(app: Flask, method: str = "") -> list[str]:
    """An address of every view, or of those with this method; logging out comes last."""
    found = {each.example for each in addresses(app) if method in {"", *each.methods}}
    return sorted(found, key=lambda path: (path == LOG_OUT, path))


def gets(app: Flask) -> list[str]:
    return [path for path in paths(app, "GET") if not path.startswith(DEVELOPMENT)]
