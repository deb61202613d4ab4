"""Takes a part out of a folder, and tells who still mentions it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

VERSIONS, REMOVED = "migrations/versions", "migrations/removed"
BUILT = ("__pycache__", "node_modules", ".venv", ".git", "build", "instance")


def belongs(name: str, part: str) -> bool:
    """Tell whether a file is of a part: it lies in a folder of that name or begins with it."""
    path = PurePosixPath(name)
    return part in path.parts[:-1] or bool(re.match(rf"{re.escape(part)}[._]", path.name))


def mention(part: str) -> re.Pattern[str]:
    """Return what finds the name of a part, also in the plural and inside longer names."""
    return re.compile(rf"(?<![a-z]){re.escape(part)}s?(?![a-z])", re.IGNORECASE)


def files(folder: Path) -> Iterator[str]:
    """Yield the names of the files of a folder, but not of what is built or installed."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if path.name not in BUILT:
                yield from (f"{path.name}/{name}" for name in files(path))
        elif path.name not in BUILT:
            yield path.name


def take_out(folder: Path, part: str, listing: Path, *, keep: bool, lines_of: str = "") -> None:
    """Remove the files of a part and its line.

    Args:
        folder: of the project.
        part: its name.
        listing: parts.py, which loses the line.
        keep: the migrations, in a folder of their own: databases that have them go back by them.
        lines_of: a file that loses every line with the name.
    """
    for name in list(files(folder)):
        if not belongs(name, part) or name.startswith(f"{REMOVED}/"):
            continue
        path = folder / name
        if keep and name.startswith(f"{VERSIONS}/"):
            (folder / REMOVED).mkdir(exist_ok=True)
            path.rename(folder / REMOVED / path.name)
        else:
            path.unlink()
        _drop_empty(path.parent, folder)
    _drop_lines(listing, re.compile(rf'^ *"\w+\.{re.escape(part)}",$'))
    if lines_of:
        _drop_lines(folder / lines_of, mention(part))


def sweep(folder: Path, part: str) -> None:
    """Remove the folders of a part in which only compiled files are left."""
    for path, below, _ in os.walk(folder):
        below[:] = [name for name in below if name not in BUILT]
        if part in below:
            gone = Path(path, part)
            if all(each.suffix == ".pyc" for each in gone.rglob("*") if each.is_file()):
                shutil.rmtree(gone)
                below.remove(part)


def mentions(folder: Path, names: list[str], part: str) -> Iterator[str]:
    """Yield `file:line: text` of each line that names a part which is out."""
    word = mention(part)
    for name in names:
        if name.startswith(f"{REMOVED}/") or name == "CHANGELOG.md":
            continue
        content = (folder / name).read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if word.search(line):
                yield f"{name}:{number}: {line.strip()[:100]}"


def _drop_lines(path: Path, pattern: re.Pattern[str]) -> None:
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not pattern.search(line.rstrip("\n"))]
        path.write_text("".join(kept), encoding="utf-8", newline="")


def _drop_empty(path: Path, top: Path) -> None:
    while path != top and not any(path.iterdir()):
        path.rmdir()
        path = path.parent
