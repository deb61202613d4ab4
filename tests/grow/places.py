"""Projects that begin from the starter as it is here, in folders that go afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, combinations, product
from pathlib import Path

from tests.copies import Copy
from tests.test_tree import ROOT

NAMES = "NAME=plantly", "TITLE=Plantly"
INSTALLED = ("-o", "install", "-o", "static/build/manifest.json")
ALL_OF_THEM = 4  # of so few parts every choice is tried, of more every pair


@contextmanager
def begun(*words: str) -> Iterator[Copy]:
    """Begin a project from the last commit here, and link what is installed."""
    with tempfile.TemporaryDirectory(prefix="grown-") as folder:
        Path(folder).chmod(0o755)  # nginx reads its pages there as somebody else
        made = Copy(Path(folder) / "plantly")
        grow("new", *NAMES, f"DIR={made.folder}", *words)
        for name in (".venv", "node_modules"):
            (made.folder / name).unlink(missing_ok=True)
            (made.folder / name).symlink_to((ROOT / name).resolve())
        with (made.folder / ".git" / "info" / "exclude").open("a") as file:
            file.write(".venv\nnode_modules\n")
        made.run("node", "tools/assets.mjs")
        yield made


def grow(*words: str) -> str:
    """Run a command of the starter; AssertionError with what it said when it fails."""
    command = [sys.executable, "-m", "tools.grow", *words]
    environ = {n: value for n, value in os.environ.items() if not n.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def choices(parts: list[str]) -> list[tuple[str, ...]]:
    """Return choices of parts: all of them, or so many that each pair is in all four states.

    >>> choices(["a"])
    [(), ('a',)]
    """
    if len(parts) <= ALL_OF_THEM:
        every = chain.from_iterable(combinations(parts, n) for n in range(len(parts) + 1))
        return list(every)
    pairs = list(combinations(range(len(parts)), 2))
    wanted = {(a, x, b, y) for a, b in pairs for x, y in product((False, True), repeat=2)}
    found: list[tuple[str, ...]] = []
    while wanted:
        row = _best(len(parts), wanted)
        wanted -= {(a, row[a], b, row[b]) for a, b in pairs}
        found.append(tuple(part for part, is_in in zip(parts, row, strict=True) if is_in))
    return found


def _best(count: int, wanted: set[tuple[int, bool, int, bool]]) -> list[bool]:
    """Return a row that has one of the wanted pairs, and as many of them as greed finds."""
    a, x, b, y = min(wanted)
    row: dict[int, bool] = {a: x, b: y}
    for place in range(count):
        if place not in row:
            scores = {
                is_in: sum(
                    1
                    for one, state, two, other in wanted
                    if (one == place and state == is_in and row.get(two) == other)
                    or (two == place and other == is_in and row.get(one) == state)
                )
                for is_in in (False, True)
            }
            row[place] = scores[True] >= scores[False]
    return [row[place] for place in range(count)]
