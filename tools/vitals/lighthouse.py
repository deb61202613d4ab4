"""Lighthouse on every public page."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

from tools.vitals import budgets
from tools.vitals.budgets import Row

RUNS = 5
SCRIPT = Path(__file__).with_suffix(".mjs")
PAGES = (
    "/",
    "/about",
    "/privacy-notice",
    "/terms-of-service",
    "/signup",
    "/login",
    "/forgot-key",
    "/cookies",
    "/offline",
)


def rows(site: str, node: str, chromium: str) -> list[Row]:
    """Return four scores and the LCP per page.

    Performance and LCP are medians of five runs; often three runs are enough to know the first.
    """
    command = [node, str(SCRIPT), chromium, *(site + path for path in PAGES)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    pages: list[dict[str, Any]] = json.loads(done.stdout)
    return [row for page in pages for row in _of_page(page, page["address"].removeprefix(site))]


def _of_page(page: dict[str, Any], path: str) -> list[Row]:
    metrics = {name: statistics.median(values) for name, values in page["metrics"].items()}
    timing = "FCP {fcp:.0f} LCP {lcp:.0f} TBT {tbt:.0f} ms, CLS {cls:g}".format(**metrics)
    notes = {"performance": timing}
    failed = ", ".join(page["failed"])
    return [
        Row(f"Lighthouse LCP {path}", metrics["lcp"], budgets.SIMULATED_LCP, "ms"),
        *(
            Row(
                f"Lighthouse {name} {path}",
                _median(scores) if name == "performance" else scores[0],
                budgets.SCORE,
                least=True,
                note=notes.get(name, failed if min(scores) < budgets.SCORE else ""),
            )
            for name, scores in page["scores"].items()
        ),
    ]


def _median(scores: list[int]) -> float:
    """Return the median of five runs; those left out could not have changed it."""
    return statistics.median([*scores, *[budgets.SCORE] * (RUNS - len(scores))])
