"""`make new`: a project beside this one, with a history of its own."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from tools.grow import git, names, rendering, versions
from tools.grow.project import ROOT, Origin
from tools.grow.refusal import Refused

NEXT = """{title} is in {folder}, begun from version {version} of the starter{parts}. Next:

    cd {folder}
    make run      # the site, at http://localhost:5000; the first start installs what it needs
    make test     # all tests; they pass

Then replace what is in square brackets in README.md and templates/texts/."""


def make(
    name: str, title: str = "", parts: str = "", folder: str = "", at: str = "", origin: str = ""
) -> str:
    """Make a project.

    Args:
        name: of its package.
        title: what people read.
        parts: the parts that it gets, with spaces or commas between them; by default none.
        folder: where; by default the name, beside this folder.
        at: a version or commit of the starter; by default what is checked out here.
        origin: where the project finds newer versions; by default where this folder has its own.

    Returns:
        What to do next.

    Raises:
        Refused: before anything is written.
    """
    if not git.has(ROOT, "HEAD"):
        raise Refused("A project begins from a version, so it needs the history: use git clone.")
    commit = versions.commit_of(ROOT, at)
    there = rendering.parts_at(ROOT, commit)
    chosen = names.chosen(name, title, taken={*folders(), *there})
    wanted = frozenset(parts.replace(",", " ").split())
    if unknown := sorted(wanted - {*there}):
        known = ", ".join(there) or "none"
        raise Refused(f"The starter has no part {' or '.join(unknown)}; its parts are: {known}.")
    target = Path(folder or ROOT.parent / name).expanduser().absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} exists; name another folder with DIR=…, or remove it.")
    version = versions.name_at(ROOT, commit)
    came = Origin(origin or whence(commit, target), version, commit)
    if not at and git.git(ROOT, "status", "--porcelain"):
        print("What is not committed here is not taken along.", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    spare = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    try:
        spare.chmod(0o755)
        rendering.render(ROOT, rendering.Wish(chosen, wanted, came), spare)
        git.begin(spare, f"Begin {chosen.title} from version {version} of the starter")
        if target.exists():
            target.rmdir()
        spare.rename(target)
    except BaseException:
        shutil.rmtree(spare, ignore_errors=True)
        raise
    told = f", with {', '.join(sorted(wanted))}" if wanted else ""
    return NEXT.format(title=chosen.title, folder=target, version=version, parts=told)


def folders() -> set[str]:
    """Return the names that folders of the starter have, with which a package would be mixed up."""
    package = ROOT / rendering.starter().name
    found = {package.name, "club"}
    for top in (ROOT, package, ROOT / "tests"):
        found |= {path.name for path in top.glob("*") if path.is_dir()}
    return found


def whence(commit: str, folder: Path) -> str:
    """Return the address of the starter, or the way there if no address knows the commit."""
    address = git.asks(ROOT, "config", "remote.origin.url")
    known = git.asks(ROOT, "branch", "--remotes", "--contains", commit)
    place = ROOT / address if address and known else ROOT
    return os.path.relpath(place, folder) if place.is_dir() else address
