"""Which version of its starter a project has, and which one there is."""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

SECONDS = 10  # that the place of the starter has to answer
GIT = ("git", "-c", "safe.directory=*", "-c", "core.sshCommand=ssh -o BatchMode=yes")


def told(pyproject: Path) -> Iterator[str]:
    """Yield which version a project has and which there is; nothing for the starter itself.

    Args:
        pyproject: the file whose table `[tool.starter]` names origin and version.
    """
    said = tomllib.loads(pyproject.read_text("utf-8")) if pyproject.is_file() else {}
    table = said.get("tool", {}).get("starter", {})
    if "origin" not in table:
        return
    place = pyproject.parent / table["origin"]  # perhaps an address instead
    origin = str(place.resolve()) if place.is_dir() else table["origin"]
    has, there = table.get("version", "unknown"), newest(origin)
    if not there:
        yield f"{has} (nothing answers at {origin})"
    elif there == has:
        yield f"{has}, the newest"
    else:
        yield f"{has}; there is {there}: `make update`"


def newest(origin: str) -> str:
    """Return the version that a starter in a folder or at an address has; nothing if it is away."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            _git(folder, "init", "--quiet", "--bare")
            _git(folder, "fetch", "--quiet", "--depth=1", "--", origin, "HEAD")
            found = tomllib.loads(_git(folder, "show", "FETCH_HEAD:pyproject.toml"))
        return str(found["project"]["version"])
    except (OSError, subprocess.SubprocessError, LookupError, tomllib.TOMLDecodeError):
        return ""


def _git(folder: str, *words: str) -> str:
    done = subprocess.run(
        [*GIT, *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # without a terminal git asks nobody for a password
        timeout=SECONDS,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout
