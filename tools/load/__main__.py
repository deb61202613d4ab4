"""Measures what the whole site bears, and whether it loses anything: `make load`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from minimaluser.testing.processes import ROOT, end_all_when_asked_to_stop
from tools.load import phase, report
from tools.load.site import Arrangement, started
from tools.load.verdict import judge, look
from tools.settings import filled

DOCS = ROOT / "docs" / "load.md"
ARRANGEMENTS = [Arrangement(2), Arrangement(1), Arrangement(2, 2)]
KNOWN = [100, 1000, 10_000]
DRAINED_SECONDS = 300
SHOWN = 20


def main(words: list[str]) -> int:
    """Measure, print, and keep the result where it is asked for; return 1 if anything is lost."""
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    parser.add_argument("--known", type=int, nargs="+", default=KNOWN, help="users")
    parser.add_argument("--visitors", type=int, default=64, help="at once")
    parser.add_argument("--seconds", type=int, default=60, help="of each row")
    parser.add_argument("--json", type=Path, help="a file for programs to read")
    parser.add_argument("--write", action="store_true", help="put the tables into the docs")
    options = parser.parse_args(words)
    if options.visitors > min(options.known):
        parser.error("each visitor may be another known user, so more must be known")
    if shutil.which("nginx") is None:
        parser.error("nginx is not installed (apt-get install nginx-light)")
    rows = []
    for arrangement in ARRANGEMENTS:
        for known in options.known if arrangement is ARRANGEMENTS[0] else options.known[-1:]:
            rows += measured(arrangement, known, options.visitors, options.seconds)
    note = f"{options.visitors} visitors at once, {options.seconds} seconds a row."
    if any(row.is_disturbed for row in rows):
        most = max(row.others for row in rows)
        note += f" Something else kept the machine busy: it took up to {most:.1f} cores."
    shown = report.text(rows, note)
    print(shown)
    if options.json:
        found = [row.figures() for row in rows]
        options.json.write_text(json.dumps({"rows": found, "note": note}, indent=1))
    if options.write:
        DOCS.write_text(filled(DOCS, {"load": shown}), encoding="utf-8")
    return any(row.verdict.lost or row.verdict.doubled for row in rows)


def measured(arrangement: Arrangement, known: int, visitors: int, seconds: int) -> list[report.Row]:
    """Return a row for full speed, and one for half of that."""
    rows: list[report.Row] = []
    with started(arrangement, known) as site:
        before, pause = look(site.stage.database, site.stage.sink), 0.0
        for load in ("full", "half"):
            found = phase.run(site, visitors, seconds, pause)
            site.stage.drained(DRAINED_SECONDS)
            after = look(site.stage.database, site.stage.sink)
            rows.append(
                report.Row(
                    arrangement.processes,
                    known,
                    load,
                    cores=len(os.sched_getaffinity(0)),
                    verdict=judge(found.deeds, before, after),
                    **report.measure(found),
                )
            )
            say(rows[-1])
            before, pause = after, visitors / (rows[0].rate / 2)
    return rows


def say(row: report.Row) -> None:
    """Show that it goes on, and what is lost."""
    line = f"{row.processes} web processes, {row.known:,} known users, {row.load} load:"
    print(
        f"  {line} {row.rate:.0f} requests/s, {sum(row.errors.values())} errors",
        file=sys.stderr,
        flush=True,
    )
    for what in (*row.verdict.lost, *row.verdict.doubled)[:SHOWN]:
        print(f"    lost or doubled: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    sys.exit(main(sys.argv[1:]))
