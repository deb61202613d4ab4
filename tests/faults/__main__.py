"""`python -m tests.faults [options of pytest]`: run all faults, print what was lost."""

from __future__ import annotations

import json
import sys

import pytest

from minimaluser.testing.processes import ROOT
from tests.faults.inquest import FILE, table

FAULTS = ROOT / "tests" / "faults"
ALONE = [str(FAULTS / f"test_{name}.py") for name in ("crowd", "flood")]  # these fill the machine


def main() -> int:
    FILE.unlink(missing_ok=True)
    status = max(
        run(str(FAULTS), *(f"--ignore={file}" for file in ALONE), *sys.argv[1:]),
        run(*ALONE, *sys.argv[1:], "-n", "0"),
    )
    rows = [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []
    if "-n" in " ".join(sys.argv):  # otherwise pytest has printed it
        sys.stdout.write(table(rows) + "\n")
    return status


def run(*words: str) -> int:
    """Run some tests and return pytest's status; none that fits is none that failed."""
    status = pytest.main(["-q", *words])
    return 0 if status == pytest.ExitCode.NO_TESTS_COLLECTED else int(status)


if __name__ == "__main__":
    sys.exit(main())
