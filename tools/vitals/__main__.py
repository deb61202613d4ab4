"""Measures how fast and light the site is for a visitor and prints a table: `make vitals`.

The site runs as in production (gunicorn, TLS, compressed files) on this machine. The exit code is 1
if anything is over budget. `python -m tools.vitals phone markup` measures only these two.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import playwright
from playwright.sync_api import sync_playwright

from minimaluser.testing.processes import end_all_when_asked_to_stop
from tools.vitals import lighthouse, markup, moves, phone
from tools.vitals.budgets import Row, table
from tools.vitals.site import serve

PARTS = ("markup", "phone", "moves", "lighthouse")
# Playwright's own Node is new enough for Lighthouse, whichever version this machine has.
NODE = str(Path(playwright.__file__).parent / "driver" / "node")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--ignore-certificate-errors"]


def main(parts: tuple[str, ...]) -> int:
    """Measure some parts and print the table.

    Returns:
        0 if every budget is kept, else 1.
    """
    chromium = _chromium()
    rows: list[Row] = []
    if "markup" in parts:
        rows += markup.rows(NODE)
    with serve() as site:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            for name, module in (("phone", phone), ("moves", moves)):
                if name in parts:
                    rows += module.rows(browser, site)
            browser.close()
        if "lighthouse" in parts:
            rows += lighthouse.rows(site, NODE, chromium)
    print(table(rows))
    return 0 if all(row.is_kept for row in rows) else 1


def _chromium() -> str:
    finder = [sys.executable, str(Path(__file__).parents[1] / "browser.py")]
    return subprocess.run(finder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    sys.exit(main(tuple(sys.argv[1:]) or PARTS))
