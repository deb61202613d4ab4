"""What is asked of git: the files of a commit, a commit of files, the merge of a difference."""

from __future__ import annotations

import getpass
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.grow.refusal import Refused

QUIET = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}  # no question may come from below
SOMEBODY = ("NAME", "the starter"), ("EMAIL", "starter@localhost")
WHO = ("AUTHOR", "COMMITTER")
AS_STARTER = {f"GIT_{who}_{key}": value for who in WHO for key, value in SOMEBODY}
# A difference between versions may move many files.
MERGING = ("-c", "merge.renameLimit=99999", "-c", "merge.conflictStyle=merge")


def git(folder: Path, *words: str, **environ: str) -> str:
    """Run git in a folder and return what it says.

    Raises:
        subprocess.CalledProcessError: it failed; `stderr` has the reason.
    """
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", *words],
        cwd=folder,
        env={**os.environ, **QUIET, **environ},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.rstrip("\n")


def asks(folder: Path, *words: str) -> str:
    """Return what git says, or nothing if it says no."""
    try:
        return git(folder, *words)
    except subprocess.CalledProcessError:
        return ""


def has(folder: Path, name: str) -> bool:
    """Tell whether a repository has a commit or, as `commit:path`, a file."""
    exact = name if ":" in name else f"{name}^{{object}}"
    return bool(asks(folder, "rev-parse", "--verify", "--quiet", exact))


def insist_on_clean(folder: Path) -> None:
    """Look for changes that are not committed.

    Raises:
        Refused: there are some, or there is no repository.
    """
    if not has(folder, "HEAD"):
        raise Refused(f"{folder} has no commit of git, to which one could go back.")
    if changed := git(folder, "status", "--porcelain").splitlines():
        names = ", ".join(line[3:] for line in changed[:3])
        more = " …" if len(changed) > 3 else ""
        raise Refused(f"Commit or stash your changes first: {names}{more}.")


def export(repository: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit into a folder."""
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-c", "core.autocrlf=false", "archive", commit],
        cwd=repository,
        capture_output=True,
        check=True,
    )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="tar")


def tree_of(repository: Path, folder: Path) -> str:
    """Return the id of the tree that has the files of a folder; the repository has it then."""
    with tempfile.TemporaryDirectory() as spare:
        environ = {
            "GIT_DIR": git(repository, "rev-parse", "--absolute-git-dir"),
            "GIT_WORK_TREE": str(folder),
            "GIT_INDEX_FILE": str(Path(spare) / "index"),
        }
        git(folder, "-c", "core.autocrlf=false", "add", "--all", "--force", ".", **environ)
        return git(folder, "write-tree", **environ)


def commit_of(repository: Path, tree: str, message: str, *parents: str) -> str:
    """Return the id of a commit that is on no branch."""
    words = [word for parent in parents for word in ("-p", parent)]
    return git(repository, "commit-tree", tree, *words, "-m", message, **AS_STARTER)


def merge(repository: Path, old: Path, new: Path, message: str) -> list[str]:
    """Merge the difference of two folders into the files of a repository, and stage the result.

    Returns:
        The files with conflicts. Git shows these as always.
    """
    base = commit_of(repository, tree_of(repository, old), f"Before: {message}")
    next_one = commit_of(repository, tree_of(repository, new), message, base)
    try:
        git(repository, *MERGING, "cherry-pick", "--no-commit", next_one)
    except subprocess.CalledProcessError as failure:
        found = git(repository, "diff", "--name-only", "--diff-filter=U").splitlines()
        if not found:
            raise Refused(f"Git cannot merge this: {failure.stderr.strip()}") from None
        return found
    return []


@contextmanager
def opened(source: str) -> Iterator[Path]:
    """Give a repository to read: a folder as it is, an address as a clone that goes afterwards.

    Raises:
        Refused: there is nothing.
    """
    folder = Path(source).expanduser()
    if asks(folder, "rev-parse", "--git-dir") if folder.is_dir() else False:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="starter-") as spare:
        try:
            git(Path(spare), "clone", "--quiet", "--no-checkout", "--", source, "starter")
        except subprocess.CalledProcessError as failure:
            why = failure.stderr.strip().splitlines()[-1:]
            raise Refused(
                f"The starter does not answer at {source} ({''.join(why)}); another place is said"
                " with FROM=…"
            ) from None
        yield Path(spare) / "starter"


def begin(folder: Path, message: str) -> None:
    """Make a folder a repository whose one commit has all its files."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "-c", "core.autocrlf=false", "add", "--all")
    known = asks(folder, "var", "GIT_COMMITTER_IDENT") and asks(folder, "var", "GIT_AUTHOR_IDENT")
    me = getpass.getuser()
    made_up = {"NAME": me, "EMAIL": f"{me}@localhost"}
    spare = {f"GIT_{who}_{key}": made_up[key] for who in WHO for key in made_up}
    words = ("-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", message)
    git(folder, *words, **({} if known else spare))
