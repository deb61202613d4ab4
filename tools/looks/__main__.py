"""Tells what looks otherwise than it did: `make looks`; docs/restyle.md says how to use it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from minimaluser.testing.processes import Process, end_all_when_asked_to_stop, wait_for
from tools.looks import collection
from tools.looks.photograph import name_of, photograph, states

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "build" / "looks"
PREPARE = ["-m", "tools.prepare"]
PORT = 48170  # always the same: it is to be read in mails
SITE = str(Path(__file__).with_name("frozen.py"))
BUILD = ["node", "tools/assets.mjs"]


def main() -> int:
    """Photograph and compare, or accept; return 1 if something differs or is not accessible."""
    parser = argparse.ArgumentParser(prog="make looks")
    parser.add_argument("--accept", help="1, or the name of a state: its last pictures count")
    parser.add_argument("--base", help="a commit whose pictures count instead")
    parser.add_argument("--only", default="", help="states with this in their name")
    given = parser.parse_args()
    shelf = collection.Collection(PICTURES / (os.environ.get("THEME") or "default"))
    if given.accept:
        return _accept(shelf, given.accept)
    began = time.monotonic()
    if given.base:
        with _tree(given.base) as tree, _site(tree) as address:
            _take(shelf.measure, address, given.only)
    with _site(ROOT) as address:
        said = _take(shelf.now, address, given.only)
    count = len(collection.names(shelf.now, given.only))
    for each in said:
        print(each)
    took = f"{time.monotonic() - began:.0f} s"
    if shelf.is_first():
        shelf.accept(collection.ALL)
        print(f"{count} pictures in {took}. They are the measure from now on.")
        return 1 if said else 0
    changes = shelf.changes(given.only)
    page = collection.page(shelf, changes).relative_to(ROOT)
    print(f"{len(changes)} of {count} pictures differ ({took}): {page}")
    for state in sorted({each.state for each in changes}):
        print(f"  {state}")
    return 1 if changes or said else 0


def _accept(shelf: collection.Collection, state: str) -> int:
    taken = shelf.accept(state)
    if not taken:
        print(f"Nothing of that name differs: {state}", file=sys.stderr)
        return 1
    print(f"{taken} pictures count from now on.")
    return 0


def _take(folder: Path, address: str, only: str) -> list[str]:
    """Take pictures of a site in place of those of the same states; return what axe finds."""
    for old in folder.glob("*@*"):
        if only in old.name.rpartition("@")[0]:
            old.unlink()
    wanted = [state for state in states(address) if only in name_of(state)]
    found = [sys.executable, str(ROOT / "tools" / "browser.py")]
    browser = subprocess.run(found, check=True, capture_output=True, text=True).stdout.strip()
    return photograph(address, wanted, folder, browser)


@contextmanager
def _site(tree: Path) -> Iterator[str]:
    """Serve what a tree has, with a database of its own; yield the address."""
    with TemporaryDirectory(prefix="looks-") as folder:
        address = f"http://127.0.0.1:{PORT}"
        environ = {"INSTANCE_PATH": folder, "SITE_URL": address}
        python = ["env", "-C", str(tree), sys.executable]
        prepare = [*python, *PREPARE]
        subprocess.run(prepare, check=True, env=os.environ | environ, stdout=subprocess.DEVNULL)
        site = Process([*python, SITE, PORT], environ, Path(folder) / "log")
        try:
            wait_for(f"{address}/healthz", site)
            yield address
        finally:
            site.stop()


@contextmanager
def _tree(commit: str) -> Iterator[Path]:
    """Check a commit out into a folder of its own, and build its files for browsers."""
    with TemporaryDirectory(prefix="base-") as folder:
        tree = Path(folder) / "tree"
        _run("git", "worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            (tree / "node_modules").symlink_to((ROOT / "node_modules").resolve())
            _run("env", "-C", str(tree), *BUILD)
            yield tree
        finally:
            _run("git", "worktree", "remove", "--force", str(tree))


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    sys.exit(main())
