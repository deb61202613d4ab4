"""Measures what each page and action costs the server, and prints a table: `make bench`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from minimaluser.testing.processes import ROOT, end_all_when_asked_to_stop
from tools.bench.load import LOAD, SERVER
from tools.bench.measure import SQLITE, Bench, Effort
from tools.bench.report import text, written

DOCS = ROOT / "docs" / "performance.md"
QUIET = 0.5  # the most that the machine may have to do before, so that times are to be believed
QUICK = Effort(rounds=2, seconds=0.25, starts=1, counted=1, counted_on=(SQLITE,))


def main(words: list[str]) -> None:
    """Measure, print, and keep the result where it is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="take a minute, not five")
    parser.add_argument("--json", type=Path, help="a file for programs to read")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    options = parser.parse_args(words)
    os.sched_setaffinity(0, {LOAD})
    busy = os.getloadavg()[0]
    with ExitStack() as stack:
        bench = Bench(stack, QUICK if options.quick else Effort())
        weights = bench.run()
        note = bench.count_instructions()
    if SERVER == LOAD:
        note += " This machine has one core, so the load took some of the server's time."
    if busy > QUIET:
        note += f" Something else kept the machine busy: its load was {busy:.1f} before."
    shown = text(bench.rows, weights, note)
    print(shown)
    if options.json:
        found = {"rows": [row.figures() for row in bench.rows], "apps": [*map(asdict, weights)]}
        options.json.write_text(json.dumps({**found, "note": note}, indent=1))
    if options.write:
        DOCS.write_text(written(DOCS, shown), encoding="utf-8")


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    main(sys.argv[1:])
