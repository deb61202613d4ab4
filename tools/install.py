"""Installs a list of pinned packages: `python tools/install.py requirements.txt`.

uv does it, as it is several times faster than pip: that of the machine, or one that pip installs
first. Where there is none, or where it fails for any reason, pip does it and shows the progress.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

# The lists are complete, so pip need not resolve them; Python compiles modules on first import.
PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
PIP += ["--no-deps", "--no-compile", "--require-hashes", "-r"]
UV = ["pip", "install", "--quiet", "--no-deps", "--require-hashes"]
UV += ["--python", sys.executable, "-r"]
OF_UV = Path(__file__).resolve().parent.parent / "requirements-uv.txt"
FEW = 10  # packages, for which it is not worth while to install uv first
A_PACKAGE = ("Collecting ", "Processing ", "Requirement already ", "Ignoring ")
# What pip has been told about where packages are, and how uv is told the same.
SAID_TO_PIP = {
    "cert": "SSL_CERT_FILE",
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
}


def main(wanted: Path) -> int:
    """Install; return the exit code of pip, which writes errors to standard error."""
    uv = find_uv() if count(wanted) >= FEW else None
    if uv and _run_uv(uv, wanted):
        return 0
    return _run_pip(wanted)


def count(wanted: Path) -> int:
    """Return how many packages a list has."""
    lines = wanted.read_text(encoding="utf-8").splitlines()
    return sum(line[:1].isalnum() for line in lines)


def find_uv() -> str | None:
    """Return the uv of this environment or of the machine; otherwise install one, if that works."""
    ours = str(Path(sys.executable).with_name("uv"))
    found = shutil.which(ours) or shutil.which("uv")
    if found is None and OF_UV.exists():
        _show("  getting uv …")
        subprocess.run([*PIP, str(OF_UV)], capture_output=True)
        found = shutil.which(ours)
    return found


def settings_for_uv(config: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which uv looks for packages where pip does; it reads nothing of pip.

    Args:
        config: what `pip config list` prints.
        environ: the variables that are set; they win.
    """
    said: dict[str, str] = {}
    pairs = (line.partition("=") for line in config.splitlines())
    told = {name: value.strip("'\"").split() for name, _, value in pairs}
    for section in ("global", "install", ":env:"):  # the later one wins
        for key, variable in SAID_TO_PIP.items():
            if value := told.get(f"{section}.{key}"):
                said[variable] = " ".join(value)
    if "UV_INDEX" in said:  # pip takes all indices for equal; the hashes say what is wanted
        said["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if "UV_FIND_LINKS" in said:  # the only one that uv wants with commas
        said["UV_FIND_LINKS"] = said["UV_FIND_LINKS"].replace(" ", ",")
    return {name: value for name, value in said.items() if name not in environ}


def _run_uv(uv: str, wanted: Path) -> bool:
    ask = [sys.executable, "-m", "pip", "config", "list"]
    config = subprocess.run(ask, capture_output=True, text=True).stdout
    environ = {**os.environ, **settings_for_uv(config, os.environ)}
    began = time.monotonic()
    with subprocess.Popen([uv, *UV, str(wanted)], stderr=subprocess.DEVNULL, env=environ) as run:
        try:
            while run.poll() is None:
                _show(f"  {count(wanted)} packages by uv, {time.monotonic() - began:.0f} s")
                with suppress(subprocess.TimeoutExpired):
                    run.wait(0.5)
        except BaseException:
            run.terminate()
            raise
    _show("")
    return run.returncode == 0


def _run_pip(wanted: Path) -> int:
    all_of_them, looked_at = count(wanted), 0
    with subprocess.Popen([*PIP, str(wanted)], stdout=subprocess.PIPE, text=True) as pip:
        try:
            for line in pip.stdout or ():
                if line.startswith(A_PACKAGE):
                    looked_at += 1
                    _show(f"  {looked_at} of {all_of_them} packages")
                elif line.startswith("Installing "):
                    _show("  unpacking …")
        except BaseException:
            pip.terminate()
            raise
    _show("")
    return pip.returncode


def _show(progress: str) -> None:
    """Overwrite the last line of a terminal; write nothing to a file."""
    if sys.stdout.isatty():
        print(f"\r\033[K{progress}", end="", flush=True)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):  # and then ends what it has started
        signal.signal(number, lambda *_: sys.exit(1))
    sys.exit(main(Path(sys.argv[1])))
