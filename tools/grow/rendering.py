"""A version of the starter, rendered for a project: its names, its parts, nothing of the starter's.

`make new` and `make update` both use this, so the difference between two renderings is what an
update brings, and nothing else.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from tools.grow import git, own, parts, versions
from tools.grow.names import Names, translated
from tools.grow.project import ROOT, VERSION, Origin, Project, listed, stamped
from tools.grow.refusal import Refused

# What no project gets. Lines between two marks in any file are the starter's, too.
STARTERS = (
    *("docs/screens/*", "docs/start.md", "static/icons/screens/*"),
    *("tests/grow/*", "tools/moving.py"),
)
ONLY = re.compile(
    r"^[^\w\n]*for the starter only[^\w\n]*\n.*?^[^\w\n]*for every project[^\w\n]*\n",
    re.MULTILINE | re.DOTALL,
)
ABOUT = re.compile(r'^description = ".*"$', re.MULTILINE)
FIRST = "0.1.0"  # every project begins with this version
RUFF = [sys.executable, "-m", "ruff"]
SHAPING = ["check", "--fix-only", "--select", "I"], ["format"]
MODULE = re.compile(r'^```python\n("""(?:(?!^```$).)*)^```$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Wish:
    """How a version is to be rendered.

    Attributes:
        names: those of the project.
        parts: which of the starter's parts it has.
        origin: what is noted in it.
    """

    names: Names
    parts: frozenset[str]
    origin: Origin


def starter() -> Names:
    """Return the names that stand in the files of the starter, which this must be."""
    here = Project(ROOT)
    if here.origin is not None:
        raise Refused(f"{ROOT} is a project and cannot render the starter.")
    return here.names


def parts_at(repository: Path, commit: str) -> list[str]:
    """Return the parts that the starter has at a commit."""
    said = tomllib.loads(git.git(repository, "show", f"{commit}:pyproject.toml"))
    return listed(git.git(repository, "show", f"{commit}:{said['project']['name']}/parts.py"))


def render(repository: Path, wish: Wish, folder: Path) -> None:
    """Write the starter, as it is at the commit of the wish, into an empty folder."""
    git.export(repository, wish.origin.commit, folder)
    old = starter()
    listing = folder / old.name / "parts.py"
    for part in listed(listing.read_text(encoding="utf-8")):
        if part not in wish.parts:
            parts.take_out(folder, part, listing, keep=False)
    for name in list(parts.files(folder)):
        path = folder / name
        if any(fnmatch(name, each) for each in STARTERS):
            path.unlink()
        elif (text := _text(path)) is not None:
            path.write_text(translated(ONLY.sub("", text), old, wish.names), "utf-8", newline="")
    _rename(folder, old, wish.names)
    _stamp(folder / "pyproject.toml", wish)
    own.write(folder, wish.names, wish.origin)
    _tidy(folder, wish.names.name)


def difference(
    repository: Path, wish: Wish, older: str, folder: Path, *, less: str = ""
) -> tuple[Path, Path]:
    """Render two states, without the files that a project has of its own from the first day on.

    Args:
        repository: of the starter.
        wish: the newer state.
        older: the commit of the older one, with its version; the same one if a part is added.
        folder: an empty one, in which both get a folder.
        less: the part that the older one lacks.

    Returns:
        The folders of the older and of the newer state.
    """
    version = versions.name_at(repository, older)
    before = replace(wish, origin=replace(wish.origin, commit=older, version=version))
    before = replace(before, parts=before.parts - {less})
    old, new = folder / "old", folder / "new"
    for path, each in ((old, before), (new, wish)):
        path.mkdir()
        render(repository, each, path)
    for name in own.FILES:
        if (old / name).exists():  # otherwise it is a new one
            (old / name).unlink()
            (new / name).unlink(missing_ok=True)
    return old, new


def _text(path: Path) -> str | None:
    if path.is_symlink():
        return None
    content = path.read_bytes()
    try:
        return None if b"\0" in content else content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _rename(folder: Path, old: Names, new: Names) -> None:
    found = [path for path in folder.rglob("*") if old.name in path.name]
    for path in sorted(found, key=lambda each: len(each.parts), reverse=True):
        path.rename(path.with_name(path.name.replace(old.name, new.name)))


def _stamp(path: Path, wish: Wish) -> None:
    text = VERSION.sub(f'version = "{FIRST}"', path.read_text(encoding="utf-8"), count=1)
    text = ABOUT.sub(f'description = "{wish.names.title}"', text, count=1)
    path.write_text(stamped(text, wish.names, wish.origin), encoding="utf-8")


def _tidy(folder: Path, name: str) -> None:
    """Sort imports and break lines anew: names have another length and another place."""
    for words in SHAPING:
        command = [*RUFF, *words, "--quiet", "--no-cache", "."]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    older = folder.glob("docs/recipes.md")
    for page in (*older, *folder.glob("docs/recipes/*.md")):
        text = page.read_text(encoding="utf-8")
        whole = MODULE.sub(lambda it: f"```python\n{_tidied(folder, name, it[1])}```", text)
        page.write_text(whole, encoding="utf-8")


def _tidied(folder: Path, name: str, module: str) -> str:
    """Return a module of a recipe in shape; ruff cannot see that what it imports will be there."""
    ours = f'lint.isort.known-first-party = ["{name}", "tests", "e2e", "tools"]'
    for words in SHAPING:
        command = [*RUFF, *words, "--quiet", "--no-cache", "--config", ours]
        command += ["--stdin-filename", "tests/x.py", "-"]
        done = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, input=module, text=True
        )
        module = done.stdout
    return module
