"""Looks at the machine before anything fails: `make doctor`.

Each line is one thing that running or testing the site needs, what was found, and what to do if it
is missing. Python may be too old here, and nothing is installed yet, so this module keeps to old
ways of writing and to the standard library.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import browser, ports

ROOT = Path(__file__).resolve().parent.parent
PYTHON, NODE = (3, 11), 20  # the oldest versions
# Megabytes of the folder: with what the site needs, and with all that the tests need.
TO_RUN, TO_TEST = 400, 1500
TO_INSTALL = ("Python", "venv", "room", "writing")
USUAL_PORT = "5000"
CURES = {
    "python": "Install Python {} or newer, or name one that is there: make PYTHON=python3.13 run",
    "venv": "Install it; on Debian and Ubuntu: apt-get install python3-venv",
    "git": "Install git: the tests, `make new` and `make update` use it.",
    "room": "Make room: the site and what it needs take {} MB.",
    "writing": "Let yourself write to {}, or clone the project somewhere else.",
    "port": "Something else listens there. Take another port: make run PORT=5001",
    "node": "Nothing to do: `make run` gets Node from PyPI (60 MB).",
    "test room": "Enough to run the site; `make test` wants {} MB.",
    "browser": "Nothing to do: `make test` gets one (200 MB).",
}


@dataclass(frozen=True)
class Look:
    """What was found: its name, whether all is well, what it is, what to do, whether it must be."""

    name: str
    good: bool
    found: str
    cure: str = ""
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok" if self.good else "MISSING" if self.needed else "later"
        return f"{mark:<9}{self.name:<10}{self.found}" + (f"\n{'':9}{self.cure}" * (not self.good))


def main(*words: str) -> int:
    """Print what was found; return 1 if something that is needed is missing.

    Args:
        words: `--quiet` for nothing but what is missing and without which nothing is installed.
    """
    quiet = "--quiet" in words
    found = list(looks(os.environ.get("PORT") or _port_in(ROOT / ".env")))
    bad = [each for each in found if each.needed and not each.good]
    if quiet:
        bad = found = [each for each in bad if each.name in TO_INSTALL]
    for each in found:
        print(each)
    if bad:
        print("Then run the same command again; `make doctor` looks at all of this.")
    elif not quiet:
        print("\nAll that is needed is here. `make run` starts the site.")
    return 1 if bad else 0


def looks(port: str) -> Iterator[Look]:
    """Look at one thing after the other."""
    yield _python()
    if not (ROOT / ".venv").exists():
        there = all(map(importlib.util.find_spec, ("venv", "ensurepip")))
        yield Look("venv", there, "the module venv", CURES["venv"])
    git = shutil.which("git")
    yield Look("git", bool(git), git or "none", CURES["git"])
    yield from _room()
    yield _writing()
    yield _port(port)
    yield _node()
    yield _browser()


def _python() -> Look:
    found = f"{platform.python_version()} at {sys.executable}"
    oldest = ".".join(map(str, PYTHON))
    return Look("Python", sys.version_info >= PYTHON, found, CURES["python"].format(oldest))


def _room() -> Iterator[Look]:
    free = shutil.disk_usage(ROOT).free // 10**6
    installed = (ROOT / ".venv" / ".run").exists()
    wanted = 50 if installed else TO_RUN
    yield Look("room", free >= wanted, f"{free:,} MB", CURES["room"].format(wanted))
    if free >= wanted and free < TO_TEST and not (ROOT / ".venv" / ".dev").exists():
        cure = CURES["test room"].format(TO_TEST)
        yield Look("room", False, f"{free:,} MB", cure, needed=False)


def _writing() -> Look:
    try:
        tempfile.TemporaryFile(dir=ROOT).close()
    except OSError as problem:
        return Look("writing", False, str(problem.strerror), CURES["writing"].format(ROOT))
    return Look("writing", True, str(ROOT))


def _port(text: str) -> Look:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        return Look("port", False, text, "PORT must be a number from 1 to 65535.")
    free = ports.is_free(int(text))
    if not free and ports.status(int(text)) in {200, 500, 503}:
        return Look("port", True, f"{text}, where a site runs already")
    return Look("port", free, text, CURES["port"])


def _node() -> Look:
    program, npm = shutil.which("node"), shutil.which("npm")
    said = _said(program, "--version") if program and npm else ""
    number = re.match(r"v(\d+)", said)
    good = bool(number and int(number[1]) >= NODE)
    return Look("Node", good, said or "none", CURES["node"], needed=False)


def _browser() -> Look:
    wanted = os.environ.get("CHROMIUM")
    programs = [wanted] if wanted else browser.KINDS["chromium"].programs
    found = next(filter(None, map(shutil.which, programs)), "")
    return Look("browser", bool(found), found or "none", CURES["browser"], needed=False)


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _port_in(file: Path) -> str:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = re.search(r"^\s*(?:export\s+)?PORT\s*=\s*[\"']?(\w+)", text, re.MULTILINE)
    return found[1] if found else USUAL_PORT


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
