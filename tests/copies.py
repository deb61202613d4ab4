"""A copy of the project in a folder of its own, to change and to run things in."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.test_tree import ROOT, committed, name_of

BIN = ROOT / ".venv" / "bin"
SOMEBODY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
QUIET = ("-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no")


@dataclass
class Copy:
    folder: Path

    def run(self, *command: object, **more: str) -> str:
        """Run something there; AssertionError with what it said when it fails."""
        kept = {n: value for n, value in os.environ.items() if not n.startswith("PYTEST_")}
        done = subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env={**kept, "PATH": f"{BIN}:{os.environ['PATH']}", **more},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
        return done.stdout

    def commit(self) -> None:
        self.run("git", "add", "--all")
        self.run("git", *SOMEBODY, "commit", "-q", "-m", "as it is")


def copied(folder: Path) -> Copy:
    """Copy what is, or would be, in the repository, and link what is installed."""
    made = Copy(folder)
    for path in committed():
        there = made.folder / name_of(path)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, there)
    for name in (".venv", "node_modules"):
        (made.folder / name).symlink_to((ROOT / name).resolve())
    made.run("git", "init", "-q")
    made.commit()
    return made
