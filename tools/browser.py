"""Prints the path of a browser that runs here, after installing one if necessary.

It looks for Chromium, or for the browser that is named: `python tools/browser.py firefox`. In this
order: the variable CHROMIUM (FIREFOX), a browser of this machine, Playwright's own, a package.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Kind:
    """A browser: its name in Playwright, programs, packages, a word in the output of --version."""

    name: str
    programs: tuple[str, ...]
    packages: tuple[str, ...]
    answer: str


KINDS = {
    "chromium": Kind(
        "chromium",
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"),
        ("chromium-headless-shell", "chromium"),
        "Chrom",
    ),
    "firefox": Kind("firefox", ("firefox-esr", "firefox"), ("firefox-esr",), "Firefox"),
}
PLAYWRIGHT = [sys.executable, "-m", "playwright"]
APT_INSTALL = ["apt-get", "install", "-qy", "--no-install-recommends"]
MINUTES = 60


def main(name: str = "chromium", window: str = "") -> int:
    """Find a browser, or install one.

    Args:
        name: one of KINDS.
        window: `--window` for one that can be watched, which the headless shell cannot.

    Returns:
        0 with the path on standard output, 1 with the reason on standard error.
    """
    if name not in KINDS:
        return _fail(f"No such browser: {name}. There are {' and '.join(KINDS)}.")
    kind, variable = KINDS[name], name.upper()
    if window:
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return _fail("There is no screen (DISPLAY) for HEADED=1. Try: xvfb-run make e2e …")
        kind = replace(kind, programs=tuple(each for each in kind.programs if "shell" not in each))
    wanted = os.environ.get(variable)
    if wanted and not _runs(wanted, kind):
        return _fail(f"{variable}={wanted} does not run here.")
    for path in [wanted] if wanted else _candidates(kind):
        if path and _runs(path, kind):
            print(path)
            return 0
    return _fail(
        f"There is no {name} on this machine and none could be installed.\n"
        f"Install it and put it on PATH, or name it: {variable}=/path/to/it make test"
    )


def _candidates(kind: Kind) -> Iterator[str | None]:
    yield from (shutil.which(program) for program in kind.programs)
    yield _playwrights_own(kind)
    shell = ["--no-shell"] if kind.name == "chromium" else []
    download = [*PLAYWRIGHT, "install", *shell, kind.name]
    _try(f"Downloading Playwright's {kind.name}", download)
    yield _playwrights_own(kind)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try("Updating the package list", ["apt-get", "update", "-q"])
        for package in kind.packages:
            _try(f"Installing {package}", [*APT_INSTALL, package])
            yield shutil.which(package)
        needs = [*PLAYWRIGHT, "install-deps", kind.name]
        _try("Installing what Playwright's needs", needs)
        yield _playwrights_own(kind)


def _playwrights_own(kind: Kind) -> str | None:
    from playwright.sync_api import sync_playwright  # which `make doctor` does without

    with sync_playwright() as playwright:
        path: str = getattr(playwright, kind.name).executable_path
        return shutil.which(path)


def _runs(path: str, kind: Kind) -> bool:
    """Tell whether it starts: a download may lack its system libraries."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and kind.answer in answer.stdout


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
    for number in (signal.SIGTERM, signal.SIGHUP):  # and then ends what it has started
        signal.signal(number, lambda *_: sys.exit(1))
    sys.exit(main(*sys.argv[1:3]))
