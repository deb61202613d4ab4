"""The migrations of a folder and their branches, read without Alembic.

An id is `<branch>_<day>_<chance>`, so two people never make the same one; older ones are short
(`0006`, `part_0001`). A branch is called what its first migration has as `branch_labels`.
"""

from __future__ import annotations

import ast
import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

PLACE = ("down_revision", "depends_on", "branch_labels")
LONGEST = 32  # the width of Alembic's own column


def new_id(branch: str, day: date) -> str:
    """Return an id for a new migration.

    Raises:
        RuntimeError: the name of the branch is too long.
    """
    made = f"{branch}_{day:%y%m%d}_{secrets.token_hex(3)}"
    if len(made) > LONGEST:
        most = LONGEST - len(made) + len(branch)
        raise RuntimeError(f"The name of the branch {branch} has more than {most} letters.")
    return made


class Revision(NamedTuple):
    """What a migration says of its place among the others."""

    file: str
    id: str
    follows: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class History:
    """All migrations of some folders.

    The ids that they follow or depend on must be written as ids, not as `part@head`.
    """

    def __init__(self, *folders: Path) -> None:
        paths = [path for folder in folders for path in sorted(folder.glob("*.py"))]
        said = {path.name: _said(path.read_text()) for path in paths}
        self.all = [
            Revision(file, one["revision"], *(_several(one.get(key)) for key in PLACE))
            for file, one in said.items()
            if "revision" in one
        ]
        self.by_id = {each.id: each for each in self.all}

    def recorded(self) -> frozenset[str]:
        """Return what Alembic records when all are applied: what none follows or depends on."""
        return frozenset(self.ends_of(self.by_id))

    def ends_of(self, names: Collection[str]) -> set[str]:
        """Return those of some migrations that no other one of them follows or depends on."""
        below = {one for name in names for one in self.by_id[name].follows}
        below |= {one for name in names for one in self.by_id[name].depends}
        return {*names} - below

    def below(self, names: Iterable[str]) -> set[str]:
        """Return these migrations and all that they follow or depend on."""
        found, todo = set[str](), [*names]
        while todo:
            if (name := todo.pop()) not in found and name in self.by_id:
                found.add(name)
                todo += self.by_id[name].follows + self.by_id[name].depends
        return found

    def line(self, name: str) -> list[Revision]:
        """Return a migration and those that it follows, the first one last."""
        found: list[Revision] = []
        todo = [name]
        while todo:
            each = self.by_id.get(todo.pop())
            if each and each not in found:
                found.append(each)
                todo += each.follows
        return found

    def branch(self, name: str) -> str:
        """Return the name of the branch that a migration is in, or nothing if it has none."""
        return next((label for each in self.line(name) for label in each.labels), "")

    def ends(self, branch: str) -> list[str]:
        """Return the migrations of a branch that no other one follows."""
        followed = {name for each in self.all for name in each.follows}
        ends = [name for name in self.by_id if name not in followed]
        return [name for name in ends if self.branch(name) == branch]

    def labels(self) -> set[str]:
        """Return the names of the branches."""
        return {label for each in self.all for label in each.labels}

    def doubled(self) -> list[list[Revision]]:
        """Return the migrations that have an id together with others."""
        ids = Counter(each.id for each in self.all)
        return [[each for each in self.all if each.id == name] for name, n in ids.items() if n > 1]

    def missing(self) -> list[tuple[Revision, str]]:
        """Return what follows or depends on a migration that is not there, and the id of that."""
        pairs = ((each, name) for each in self.all for name in (*each.follows, *each.depends))
        return [(each, name) for each, name in pairs if name not in self.by_id]


def _said(source: str) -> dict[str, Any]:
    said = {}
    for line in ast.parse(source).body:
        match line:
            case (
                ast.Assign(targets=[ast.Name(name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value)
            ) if name in {"revision", *PLACE}:
                said[name] = ast.literal_eval(value)
    return said


def _several(names: str | Iterable[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())
