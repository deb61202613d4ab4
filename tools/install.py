"""Installs a list of pinned packages with pip and shows the progress.

For example: `python tools/install.py requirements.txt`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

# The lists are complete, so pip need not resolve them; Python compiles modules on first import.
PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
PIP += ["--no-deps", "--no-compile", "--require-hashes", "-r"]
A_PACKAGE = ("Collecting ", "Processing ", "Requirement already ", "Ignoring ")


def main(wanted: Path) -> int:
    """Install; return the exit code of pip, which writes errors to standard error."""
    lines = wanted.read_text(encoding="utf-8").splitlines()
    all_of_them, looked_at = sum(line[:1].isalnum() for line in lines), 0
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
