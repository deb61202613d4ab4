"""Prints the path of a Chromium that runs here, installing one if it must.

In this order: the variable CHROMIUM, a browser of this machine, Playwright's own, a system package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
PLAYWRIGHT = [sys.executable, "-m", "playwright"]
APT_INSTALL = ["apt-get", "install", "-qy", "--no-install-recommends"]
MINUTES = 60


def main() -> int:
    """Find, else install.

    Returns:
        0 with the path on standard output, 1 with the reason on standard error.
    """
    wanted = os.environ.get("CHROMIUM")
    if wanted and not _runs(wanted):
        return _fail(f"CHROMIUM={wanted} does not run here.")
    for path in [wanted] if wanted else _candidates():
        if path and _runs(path):
            print(path)
            return 0
    return _fail(
        "There is no Chromium on this machine and none could be installed.\n"
        "Install Chromium or Chrome and put it on PATH, or name it: CHROMIUM=/path/to/it make test"
    )


def _candidates() -> Iterator[str | None]:
    yield from (shutil.which(name) for name in NAMES)
    yield _playwrights_own()
    _try("Downloading Playwright's Chromium", [*PLAYWRIGHT, "install", "--no-shell", "chromium"])
    yield _playwrights_own()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try("Updating the package list", ["apt-get", "update", "-q"])
        for name in ("chromium-headless-shell", "chromium"):
            _try(f"Installing {name}", [*APT_INSTALL, name])
            yield shutil.which(name)
        _try("Installing what Playwright's needs", [*PLAYWRIGHT, "install-deps", "chromium"])
        yield _playwrights_own()


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        return shutil.which(playwright.chromium.executable_path)


def _runs(path: str) -> bool:
    """Start it for a moment: a download without its system libraries is no browser."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def _try(what: str, command: list[str]) -> None:
    print(f"{what} …", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, stdout=sys.stderr, env=environment, timeout=5 * MINUTES)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


def _fail(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
