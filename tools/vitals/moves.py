"""Moves from page to page with a mouse, and comes back when the browser knows the site."""

from __future__ import annotations

import math
from typing import Literal

from playwright.sync_api import Browser, Page

from tools.vitals import budgets
from tools.vitals.budgets import Row

Motion = Literal["reduce", "no-preference"]
ROUNDS = 4
LINKS = ("/about", "/privacy-notice", "/signup", "/login", "/")
REST, PRESS = 300, 80  # milliseconds that a pointer rests on a link, and that a button is down
# When this resolves, the service worker keeps the files.
KEPT = "() => navigator.serviceWorker.ready.then(() => true)"
PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list, observer) => {
  const first = list.getEntriesByName("first-contentful-paint")[0];
  const { activationStart } = performance.getEntriesByType("navigation")[0];
  if (first) resolve(Math.max(0, first.startTime - activationStart));
}).observe({ type: "paint", buffered: true }))"""


def rows(browser: Browser, site: str) -> list[Row]:
    """Go from page to page by their links, and open the home page again and again.

    What counts is without the cross-fade: without a graphics card it takes longer than the page.
    """
    faded, _ = _times(browser, site, "no-preference")
    moved, again = _times(browser, site, "reduce")
    fade = f"with the cross-fade {_p75(faded):.0f}"
    return [_row("next page, p75", moved, fade), _row("home on another visit, p75", again)]


def _times(browser: Browser, site: str, motion: Motion) -> tuple[list[float], list[float]]:
    context = browser.new_context(ignore_https_errors=True, reduced_motion=motion)
    page = context.new_page()
    page.goto(site)
    page.evaluate(KEPT)
    page.wait_for_timeout(1000)
    moved = [_move(page, address) for _ in range(ROUNDS) for address in LINKS]
    again = [_visit(page, site) for _ in range(ROUNDS * len(LINKS))]
    context.close()
    return moved, again


def _row(what: str, times: list[float], more: str = "") -> Row:
    spread = f"{min(times):.0f} to {max(times):.0f}, {len(times)} times"
    note = ", ".join(filter(None, (spread, more)))
    return Row(what, _p75(times), budgets.NEXT_PAGE, "ms", note=note)


def _p75(times: list[float]) -> float:
    return sorted(times)[math.ceil(0.75 * len(times)) - 1]


def _move(page: Page, address: str) -> float:
    """Click on a link and return the milliseconds until the page behind it shows."""
    link = page.locator(f'a[href="{address}"]:not([hx-get]):visible').first
    link.hover()
    page.wait_for_timeout(REST)
    with page.expect_navigation():
        link.click(delay=PRESS)
    return float(page.evaluate(PAINTED))


def _visit(page: Page, site: str) -> float:
    page.goto(f"{site}/healthz")  # from another site it would be a new process of the browser
    page.goto(site)
    return float(page.evaluate(PAINTED))
