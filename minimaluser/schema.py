"""Whether the database has all migrations, and what to do if not.

They are read without Alembic, which no web process has to load for `/readyz`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from minimaluser.database import db
from minimaluser.lib import clock
from minimaluser.lib.revisions import History, Revision, new_id
from minimaluser.settings import ROOT

VERSIONS = ROOT / "migrations" / "versions"
REMOVED = ROOT / "migrations" / "removed"  # of parts that were taken out, see `make remove`
OWN = "own"  # the branch of what a product adds; the starter never uses it
DOUBLED = (
    "{files} have the same id, {id}. In the one that you have added write\n"
    "{lines}\n"
    "and name this id in the one that follows it, too. Then run, on every database that has it,\n"
    "    flask db renamed {id} {new}\n"
    "and after that `flask db upgrade`."
)
SPLIT = (
    "The branch core has more than one end: {files} begin their own lines. In the one that you\n"
    "have added write\n"
    "{lines}\n"
    "Databases that have it need nothing else."
)
JOIN = "The branch {branch} has more than one end: {files}. This joins them:\n    {command}"
LOST = (
    "{file} needs the migration {id}, which is not there. Get its file back, or, if its part was\n"
    "taken out on purpose, write down_revision and depends_on of {file} without it."
)
STRANGE = (
    "The database has migrations that are not in migrations/versions: {ids}. It was migrated by\n"
    "another version of the site, or a part was taken out before it was downgraded\n"
    "(`flask db downgrade <part>@base`). Get their files back and run `flask db upgrade`, or that."
)
GONE = "The database has the tables of parts that are out ({ids}); `flask db upgrade` drops them."
BEHIND = "The database lacks migrations: {ids}. Run `flask db upgrade`."


def is_current() -> bool:
    """Tell whether all migrations are applied, and none that this version does not know."""
    return _applied() == heads(VERSIONS) and not any(broken(history(VERSIONS)))


@cache
def heads(folder: Path) -> frozenset[str]:
    """Return what Alembic records when all migrations of a folder are applied."""
    return history(folder).recorded()


@cache
def history(folder: Path) -> History:
    """Return the migrations of a folder, as they were when this was first asked."""
    return History(folder)


def advice() -> Iterator[str]:
    """Yield what to do about the migrations and about the schema of the database."""
    known = History(VERSIONS)
    yield from broken(known)
    yield from split(known)
    try:
        applied = _applied()
    except SQLAlchemyError:  # the table is not there, or the database is not
        db.session.rollback()
        applied = set()
    strange = applied - known.by_id.keys()
    if gone := strange & History(REMOVED).by_id.keys():
        yield GONE.format(ids=", ".join(sorted(gone)))
    if strange := strange - gone:
        yield STRANGE.format(ids=", ".join(sorted(strange)))
    if lacking := known.by_id.keys() - known.below(applied):
        yield BEHIND.format(ids=", ".join(sorted(lacking)))


def broken(known: History) -> Iterator[str]:
    """Yield what to do about migrations with which `flask db upgrade` would do harm."""
    for found in known.doubled():
        new = _free_id(known)
        lines = _lines(known, found, new)
        yield DOUBLED.format(files=_names(found), id=found[0].id, new=new, lines=lines)
    for each, name in known.missing():
        yield LOST.format(file=each.file, id=name)


def split(known: History) -> Iterator[str]:
    """Yield what to do about branches to which `flask db migrate` could not add anything."""
    for branch in sorted({*known.labels(), ""}):
        ends = known.ends(branch)
        if len(ends) < 2:
            continue
        if branch == "core":
            common = set.intersection(*(known.below([end]) for end in ends))
            firsts = [[r for r in known.line(end) if r.id not in common][-1] for end in ends]
            yield SPLIT.format(files=_names(firsts), lines=_lines(known, firsts))
        else:
            command = f"flask db merge -m together --rev-id {_free_id(known, branch or OWN)} "
            files = _names([known.by_id[end] for end in ends])
            yield JOIN.format(
                branch=branch or "without a name", files=files, command=command + " ".join(ends)
            )


def _applied() -> set[str]:
    return set(db.session.scalars(text("SELECT version_num FROM alembic_version")))


def _lines(known: History, found: list[Revision], new: str = "") -> str:
    """Return what makes one of these migrations the first one of a branch of its own."""
    taken, parents = known.labels(), {each.follows for each in found}
    label = next(name for n in count(1) if (name := OWN if n == 1 else f"{OWN}{n}") not in taken)
    parent = parents.pop() if len(parents) == 1 else ()
    lines = [f"revision = {new!r}"] * bool(new)
    lines += ["down_revision = None", f"branch_labels = ({label!r},)"]
    lines += [f"depends_on = {parent[0]!r}" if parent else "depends_on = what down_revision was"]
    return "\n".join(f"    {line}" for line in lines)


def _free_id(known: History, branch: str = OWN) -> str:
    return new_id(branch, clock.now().date())


def _names(found: list[Revision]) -> str:
    return " and ".join(each.file for each in found)
