"""Looks over what is staged, as it will be committed, in seconds: the hook of `make hooks`.

It is the quick part of `make check`: the style of Python, and templates with all that they show. A
copy of git's index is looked at, so changes that are not staged neither help nor hurt.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
CHECK_PARTS = [*PYTHON, "tools.check_parts"]
LINKED = (".venv", "node_modules", "static/build")
SHOWN = ("templates/", "static/src/css/", "static/src/themes/")


def commands(staged: list[str]) -> Iterator[list[str]]:
    """Yield what is run for some staged files."""
    if python := [name for name in staged if name.endswith(".py")]:
        yield [*PYTHON, "ruff", "check", "--quiet", "--force-exclude", *python]
        yield [*PYTHON, "ruff", "format", "--check", "--quiet", "--force-exclude", *python]
    if pages := [n for n in staged if n.startswith("templates/") and n.endswith(".html")]:
        yield [*PYTHON, "djlint", "--lint", "--quiet", *pages]
    if any(name.startswith(SHOWN) for name in staged):
        yield CHECK_PARTS


def main() -> int:
    """Run all of it; return 1 if anything is to be mended."""
    asked = ("diff", "--cached", "--name-only", "--diff-filter=ACMR", "-z")
    staged = [name for name in _git(*asked).split("\0") if name]
    wanted = list(commands(staged))
    if not wanted:
        return 0
    if CHECK_PARTS in wanted and not (ROOT / "static" / "build" / "manifest.json").exists():
        print("Templates are looked over with the files for browsers: run `make assets` first.")
        return 1
    ours = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    with tempfile.TemporaryDirectory(prefix="staged-") as folder:
        _git("checkout-index", "--all", f"--prefix={folder}/")
        for name in LINKED:
            with suppress(FileExistsError):
                (Path(folder) / name).symlink_to(ROOT / name)
        done = [subprocess.run(command, cwd=folder, env=ours) for command in wanted]
    if any(each.returncode for each in done):
        print("Mend this and stage it (`make format` does the style); --no-verify skips it once.")
        return 1
    return 0


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
