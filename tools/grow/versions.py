"""The versions of the starter, as its changelog names them, with the commit each one ends at."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tools.grow import git
from tools.grow.refusal import Refused

# "## 0.2.0", or "## 0.1.0 (ends at 0123abc)" once there is a newer one.
HEADING = re.compile(r"^## (\d+\.\d+\.\d+)(?: \(ends at ([0-9a-f]{7,40})\))?$", re.MULTILINE)


@dataclass(frozen=True)
class Version:
    """A section of the changelog; the newest one has no commit yet."""

    name: str
    commit: str
    notes: str


def read(changelog: str) -> list[Version]:
    """Return the versions of a changelog, the newest first."""
    found = list(HEADING.finditer(changelog))
    ends = [each.start() for each in found[1:]] + [len(changelog)]
    return [
        Version(it[1], it[2] or "", changelog[it.end() : end].strip())
        for it, end in zip(found, ends, strict=True)
    ]


def known(repository: Path, commit: str) -> list[Version]:
    """Return the versions that the starter knows at a commit."""
    return read(git.asks(repository, "show", f"{commit}:CHANGELOG.md"))


def name_at(repository: Path, commit: str) -> str:
    """Return which version a commit belongs to."""
    said = tomllib.loads(git.git(repository, "show", f"{commit}:pyproject.toml"))
    return str(said["project"]["version"])


def commit_of(repository: Path, wanted: str = "") -> str:
    """Return the commit of a version, of anything that git knows, or of the newest state.

    Raises:
        Refused: there is no such version.
    """
    newest = git.asks(repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not newest:
        raise Refused(f"{repository} has no commit.")
    if not wanted:
        return newest
    versions = known(repository, newest)
    found = {each.name: each.commit or newest for each in versions}
    for name in (found.get(wanted.removeprefix("v"), wanted), f"v{wanted}"):
        if commit := git.asks(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
            return commit
    raise Refused(f"The starter has no version {wanted}; there are {', '.join(found)}.")


def notes(repository: Path, older: str, newer: str) -> str:
    """Return what the changelog says of the step from one commit to another."""
    had = name_at(repository, older)
    told = []
    for each in known(repository, newer):
        if each.name == had:
            break
        told.append(f"## {each.name}\n{each.notes}")
    if told:
        return "\n\n".join(told)
    return git.git(repository, "log", "--reverse", "--format=- %s", f"{older}..{newer}")
