"""`make update`: a newer version of the starter comes into a project that has grown."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tools.grow import borrowed, git, rendering, versions
from tools.grow.project import Origin, Project
from tools.grow.refusal import Refused

DONE = """
From {old} to {new}: {count} files have changed, nothing is committed yet.
{conflicts}
    make run      # migrates the database; Ctrl-C ends it
    make test
    git commit -m "Update to version {new} of the starter"

`git reset --hard` discards the update."""
CONFLICTS = """
You and the starter have both changed {count} of them. Git has put both into the file, or says which
side has deleted it; decide, then `git add` each:
{files}
"""
NO_NOTE = (
    "{file} does not say where this project comes from. Write `origin`, `version` and `commit` into"
    " [tool.starter] there."
)


def update(project: Project, to: str = "", source: str = "") -> str:
    """Merge what the starter has changed into a project, and stage it.

    Args:
        project: to be changed.
        to: a version, or a commit; by default the newest.
        source: folder or address of the starter; by default where the project says.

    Returns:
        What is new and what to do next.

    Raises:
        Refused: before anything is changed.
    """
    git.insist_on_clean(project.folder)
    origin = project.origin
    if origin is None:
        raise Refused(NO_NOTE.format(file=project.folder / "pyproject.toml"))
    with git.opened(source or project.place) as starter:
        commit = versions.commit_of(starter, to)
        if not git.has(starter, origin.commit):
            raise Refused(
                f"The starter at {source or project.place} has no commit {origin.commit[:12]}, with"
                " which this project began; say where it is with FROM=…"
            )
        if commit == git.git(starter, "rev-parse", f"{origin.commit}^{{commit}}"):
            return f"Version {origin.version} is what you have; there is nothing newer."
        if commit in git.git(starter, "rev-list", origin.commit).split():
            raise Refused(f"{to} is older than what you have, version {origin.version}.")
        said = borrowed.run(starter, commit, project)
    return said.rstrip("\n")


def merge(starter: Path, project: Project, commit: str) -> str:
    """Merge what the starter has changed up to a commit; return what is new and what to do."""
    origin = project.origin
    assert origin is not None
    there = rendering.parts_at(starter, commit)
    before = rendering.parts_at(starter, origin.commit)
    mine = frozenset(project.parts) & {*before}  # one of its own may be called like a new one
    version = versions.name_at(starter, commit)
    wish = rendering.Wish(project.names, mine, Origin(origin.origin, version, commit))
    with tempfile.TemporaryDirectory(prefix="grow-") as spare:
        old, new = rendering.difference(starter, wish, origin.commit, Path(spare))
        conflicts = git.merge(project.folder, old, new, f"version {version} of the starter")
    (project.folder / "static" / "build" / "manifest.json").unlink(missing_ok=True)
    changed = {line[3:] for line in git.git(project.folder, "status", "--porcelain").splitlines()}
    told = [versions.notes(starter, origin.commit, commit)]
    if fresh := sorted({*there} - {*before} - {*project.parts}):
        adding = ", ".join(f"make add PART={part}" for part in fresh)
        told.append(f"New parts, if you want them: {adding}")
    files = "\n".join(f"    {name}" for name in conflicts)
    told.append(
        DONE.format(
            old=origin.version,
            new=version,
            count=len(changed),
            conflicts=CONFLICTS.format(count=len(conflicts), files=files) if conflicts else "",
        )
    )
    return "\n".join(told)
