"""A project in a folder: what it says of itself, and which parts it has."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.grow.names import Names
from tools.grow.refusal import Refused

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = """
[tool.starter]
# What stands in the files of this project for the names of its starter; `make update` reads it.
{lines}
"""
SECTION = re.compile(r"\n*^\[tool\.starter\]\n.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
VERSION = re.compile(r'^version = "([^"]*)"$', re.MULTILINE)
LIST = re.compile(r"^PARTS = \[\n(.*?)^\]$", re.MULTILINE | re.DOTALL)
NO_PART = "views"  # the core's own; it stands in the same list


@dataclass(frozen=True)
class Origin:
    """Where a project comes from: an address or a path from there, a version, a commit."""

    origin: str
    version: str
    commit: str


@dataclass(frozen=True)
class Project:
    """A folder with a project, or with the starter itself."""

    folder: Path

    @property
    def table(self) -> dict[str, Any]:
        """What pyproject.toml says in `[tool.starter]`."""
        said = tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))
        found: dict[str, Any] = said.get("tool", {}).get("starter", {})
        return found

    @property
    def names(self) -> Names:
        """What it is called.

        Raises:
            Refused: it does not say so.
        """
        try:
            return Names(*(str(self.table[key]) for key in ("name", "title", "short")))
        except KeyError as missing:
            raise Refused(
                f"[tool.starter] in {self.folder / 'pyproject.toml'} says no {missing.args[0]}."
            ) from None

    @property
    def origin(self) -> Origin | None:
        """Where it comes from; None for the starter itself."""
        if "origin" not in self.table:
            return None
        return Origin(*(str(self.table.get(key, "")) for key in ("origin", "version", "commit")))

    @property
    def place(self) -> str:
        """Where its starter is: a folder, however it is said from here, or an address."""
        said = str(self.table.get("origin", ""))
        there = self.folder / said
        return str(there.resolve()) if there.is_dir() else said

    @property
    def listing(self) -> Path:
        """The file with the line of each part."""
        return self.folder / self.names.name / "parts.py"

    @property
    def parts(self) -> list[str]:
        """The parts that are in."""
        return listed(self.listing.read_text(encoding="utf-8"))


def listed(source: str) -> list[str]:
    """Return the parts that parts.py names."""
    lines = LIST.search(source)
    names = re.findall(r'^ +"\w+\.(\w+)",$', lines[1] if lines else "", re.MULTILINE)
    return [name for name in names if name != NO_PART]


def stamped(pyproject: str, names: Names, origin: Origin | None) -> str:
    """Return pyproject.toml with the table that says what a project is called and comes from."""
    said = {**vars(names), **(vars(origin) if origin else {})}
    lines = "\n".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()
    )
    return SECTION.sub("", pyproject).rstrip("\n") + "\n" + TABLE.format(lines=lines)
