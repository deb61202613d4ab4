"""`python -m tests.faults [options of pytest]`: run all faults, print what was lost."""

from __future__ import annotations

import json
import sys

import pytest

from tests.faults.inquest import FILE, table
from tests.faults.processes import ROOT


def main() -> int:
    FILE.unlink(missing_ok=True)
    status = pytest.main(["-q", str(ROOT / "tests" / "faults"), *sys.argv[1:]])
    rows = [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []
    if "-n" in " ".join(sys.argv):  # otherwise pytest has printed it
        sys.stdout.write(table(rows) + "\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
