"""`make remove` and `make add`: one part of a project, or of the starter itself."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.grow import borrowed, git, parts, rendering
from tools.grow.parts import REMOVED, VERSIONS
from tools.grow.project import LIST, Origin, Project
from tools.grow.refusal import Refused

REVIEW = """
Nothing is committed yet: look at `git diff --cached`, run `make check`, then commit.
`git reset --hard` discards the changes."""
DROPS = "Its tables are dropped by the next `flask db upgrade` of each database that has them."
MAKES = "Its tables are made by the next `flask db upgrade` (`make run` does that)."
STILL = "These lines still mention it; they are for you to decide:"


def remove(project: Project, part: str) -> str:
    """Take a part out of a project, and stage that.

    Returns:
        What was done, what is left and what to do next.

    Raises:
        Refused: before anything is changed.
    """
    git.insist_on_clean(project.folder)
    if part not in project.parts:
        raise Refused(f"There is no part {part or 'without a name'} here. {_known(project)}")
    with _spare() as spare:
        git.export(project.folder, "HEAD", spare)
        _take_out(project, spare, part)
        tree = git.tree_of(project.folder, spare)
    git.git(project.folder, "read-tree", "-u", "-m", "HEAD", tree)
    parts.sweep(project.folder, part)
    _finish(project)
    left = list(parts.mentions(project.folder, _names(project), part))
    had_tables = any(_removed(project, part))
    told = [f"{part} is out.", *([DROPS] if had_tables else []), *([STILL, *left] if left else [])]
    return "\n".join(told) + REVIEW


def add(project: Project, part: str, source: str = "") -> str:
    """Put a part back, or one that the project never had, and stage that.

    It is that of the starter's version which is noted in the project. A part of one's own is taken
    from one's own history, and so is every part of the starter itself.

    Args:
        project: to be changed.
        part: its name.
        source: folder or address of the starter, if it is no longer where it was.

    Raises:
        Refused: before anything is changed.
    """
    git.insist_on_clean(project.folder)
    if not part.isidentifier():
        raise Refused("Say which part: make add PART=…")
    if part in project.parts:
        raise Refused(f"{part} is here already.")
    origin = project.origin
    if not (origin and _from_origin(project, origin, part, source)):
        _from_history(project, part)
    back = _unremove(project, part)
    _finish(project)
    tables = [MAKES] if back or any(_versions(project, part)) else []
    return "\n".join([f"{part} is in.", *tables]) + REVIEW


def _from_origin(project: Project, origin: Origin, part: str, source: str) -> bool:
    """Merge a part of the starter's noted version; return whether there is such a part."""
    with git.opened(source or project.place) as starter:
        if not git.has(starter, origin.commit):
            raise Refused(
                f"The starter at {source or project.place} does not have the commit"
                f" {origin.commit[:12]}; say where it is with FROM=…"
            )
        if part not in rendering.parts_at(starter, origin.commit):
            return False
        print(borrowed.run(starter, origin.commit, project, PART=part).lstrip("\n"), end="")
    return True


def merge(starter: Path, project: Project, part: str) -> str:
    """Merge a part of the starter, as it is in the noted version; return what is to be resolved."""
    origin = project.origin
    assert origin is not None
    there = rendering.parts_at(starter, origin.commit)
    wish = rendering.Wish(project.names, frozenset({part, *project.parts} & {*there}), origin)
    with _spare() as spare:
        old, new = rendering.difference(starter, wish, origin.commit, spare, less=part)
        return _told(_listed(project, part, git.merge(project.folder, old, new, f"Add {part}")))


def _from_history(project: Project, part: str) -> None:
    path = f"{project.names.name}/{part}/__init__.py"
    gone = git.asks(project.folder, "log", "-1", "--diff-filter=D", "--format=%H", "--", path)
    if not gone:
        raise Refused(f"There is no part {part}, neither in the starter nor in your history.")
    with _spare() as spare:
        old, new = spare / "old", spare / "new"
        for folder in (old, new):
            folder.mkdir()
            git.export(project.folder, f"{gone}^", folder)
        _take_out(project, old, part)
        conflicts = git.merge(project.folder, old, new, f"Add {part}")
        print(_told(_listed(project, part, conflicts)), end="")


def _listed(project: Project, part: str, conflicts: list[str]) -> list[str]:
    """List a part last if its neighbours in the list have changed; return the other conflicts."""
    listing = project.listing.relative_to(project.folder).as_posix()
    if listing not in conflicts:
        return conflicts
    git.git(project.folder, "checkout", "--ours", "--", listing)
    text = project.listing.read_text(encoding="utf-8")
    found = LIST.search(text)
    if found is None or part in project.parts:
        return conflicts
    line = f'    "{project.names.name}.{part}",\n'
    text = text[: found.end(1)] + line + text[found.end(1) :]
    project.listing.write_text(text, encoding="utf-8", newline="\n")
    git.git(project.folder, "add", "--", listing)
    return [name for name in conflicts if name != listing]


def _take_out(project: Project, folder: Path, part: str) -> None:
    listing = folder / project.listing.relative_to(project.folder)
    is_starter = project.origin is None  # a README of one's own is not cut
    lines_of = "README.md" if is_starter else ""
    parts.take_out(folder, part, listing, keep=True, lines_of=lines_of)


def _unremove(project: Project, part: str) -> bool:
    """Bring migrations of a part back that were kept for databases which had it."""
    kept = list(_removed(project, part))
    for name in kept:
        there = f"{VERSIONS}/{Path(name).name}"
        if (project.folder / there).exists():
            git.git(project.folder, "rm", "--quiet", "-f", "--", name)
        else:
            git.git(project.folder, "mv", name, there)
    return bool(kept)


def _finish(project: Project) -> None:
    """Write what is derived from the parts anew."""
    (project.folder / "static" / "build" / "manifest.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tools.privacy"]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True)
    if done.returncode:
        why = "".join(done.stderr.strip().splitlines()[-1:])
        print(f"`python -m tools.privacy` has to be run again: {why}", file=sys.stderr)
    written = git.git(project.folder, "diff", "--name-only", "-z", "--diff-filter=M", "--", "docs")
    if names := written.strip("\0"):
        git.git(project.folder, "add", "--", *names.split("\0"))


def _told(conflicts: list[str]) -> str:
    return f"Resolve the conflicts in {', '.join(conflicts)}.\n" if conflicts else ""


def _names(project: Project) -> list[str]:
    found = git.git(project.folder, "ls-files", "-z").split("\0")
    return [name for name in found if name and (project.folder / name).is_file()]


def _removed(project: Project, part: str) -> Iterator[str]:
    return (n for n in _names(project) if n.startswith(f"{REMOVED}/") and parts.belongs(n, part))


def _versions(project: Project, part: str) -> Iterator[str]:
    return (n for n in _names(project) if n.startswith(f"{VERSIONS}/") and parts.belongs(n, part))


def _known(project: Project) -> str:
    there = project.parts
    return f"Its parts are: {', '.join(there)}." if there else "It has no parts."


@contextmanager
def _spare() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="grow-") as folder:
        yield Path(folder)
