"""Whether the database has all migrations.

They are read without Alembic, which no web process has to load for `/readyz`.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from minimaluser.database import db
from minimaluser.settings import ROOT

BELOW = ("down_revision", "depends_on")


def is_current() -> bool:
    """Tell whether all migrations are applied, and none that this version does not know."""
    applied = db.session.scalars(text("SELECT version_num FROM alembic_version"))
    return set(applied) == heads(ROOT / "migrations" / "versions")


@cache
def heads(folder: Path) -> frozenset[str]:
    """Return what Alembic records when all migrations of a folder are applied.

    These are the revisions that no other one follows or depends on. Both must be written as ids.
    """
    found = [_said(path.read_text()) for path in folder.glob("*.py")]
    below = {name for one in found for key in BELOW for name in _several(one.get(key))}
    return frozenset(one["revision"] for one in found if "revision" in one) - below


def _said(source: str) -> dict[str, Any]:
    """Return what a migration says of its place among the others."""
    said = {}
    for line in ast.parse(source).body:
        match line:
            case (
                ast.Assign(targets=[ast.Name(name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value)
            ) if name in {"revision", *BELOW}:
                said[name] = ast.literal_eval(value)
    return said


def _several(names: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names or ()
