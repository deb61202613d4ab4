"""Opens the home page on a cheap phone with a slow network, and checks a field on a fast one."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from tools.vitals import budgets
from tools.vitals.budgets import Row

PHONE: ViewportSize = {"width": 360, "height": 800}  # CSS pixels, each 3 × 3 device pixels
# Lighthouse's Slow 4G: 150 ms, 1.6 Mbit/s down, 750 kbit/s up.
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 750 * 1024 / 8,
}
SLOWER = 4
RUNS, CHECKS = 5, 24
TEXTS = ("Document", "Stylesheet", "Script")
OBSERVE = """() => {
  window.paints = []; window.shifts = [];
  new PerformanceObserver((list) => window.paints.push(...list.getEntries()))
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
    .observe({ type: "layout-shift", buffered: true });
}"""
SEEN = """() => {
  const paint = window.paints.at(-1);
  const resources = performance.getEntriesByType("resource");
  const needed = resources.filter(({ responseEnd }) => responseEnd < paint.startTime);
  const complete = Math.max(...needed.map(({ responseEnd }) => responseEnd));
  const before = resources.filter(({ startTime }) => startTime < complete);
  const { tagName, className } = paint.element ?? { tagName: "gone", className: paint.url };
  return {
    lcp: paint.startTime,
    element: `${tagName.toLowerCase()} ${className}`,
    cls: window.shifts.reduce((sum, { value }) => sum + value, 0),
    requests: 1 + before.length,
  };
}"""
# Measures from the event that requests the check until the result is painted.
ARM = """() => {
  const input = document.querySelector("main [hx-trigger]");
  const field = input.closest(".field");
  window.shown = new Promise((resolve) => {
    input.addEventListener("change", () => {
      const start = performance.now();
      const seen = () => resolve(performance.now() - start);
      const painted = () => requestAnimationFrame(() => setTimeout(seen));
      const observer = new MutationObserver(() => (observer.disconnect(), painted()));
      observer.observe(field, { childList: true, subtree: true });
    }, { once: true });
  });
}"""


@dataclass
class Visit:
    """What one visit of the home page showed and cost."""

    lcp: float  # milliseconds
    element: str
    cls: float
    requests: int
    texts: int  # bytes, headers included
    everything: int


def rows(browser: Browser, site: str) -> list[Row]:
    """Open the home page five times, each time with an empty cache, and check a field."""
    visits = [_visit(browser, site) for _ in range(RUNS)]
    lcp = statistics.median(visit.lcp for visit in visits)
    spread = f"{min(v.lcp for v in visits):.0f} to {max(v.lcp for v in visits):.0f}"
    worst = max(visits, key=lambda visit: visit.everything)
    times = _checks(browser, site)
    p95 = sorted(times)[math.ceil(0.95 * len(times)) - 1]
    return [
        Row("LCP of home", lcp, budgets.LCP, "ms", note=f"{spread}, {visits[0].element}"),
        Row("CLS of home", max(visit.cls for visit in visits), budgets.CLS),
        Row("requests before LCP", max(visit.requests for visit in visits), budgets.REQUESTS),
        Row("HTML, CSS and JavaScript", worst.texts, budgets.TEXT, "bytes", note="with headers"),
        Row("all of home, not scrolled", worst.everything, budgets.FIRST_SCREEN, "bytes"),
        Row(
            "inline check, p95",
            p95,
            budgets.CHECK,
            "ms",
            note=f"median {statistics.median(times):.0f}, {len(times)} checks",
        ),
    ]


def _visit(browser: Browser, site: str) -> Visit:
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=3,
        is_mobile=True,
        has_touch=True,
        ignore_https_errors=True,
        service_workers="block",
    )
    context.add_init_script(f"({OBSERVE})()")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    loaded = _weighed(devtools)
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(site, wait_until="networkidle")
    seen = page.evaluate(SEEN)
    context.close()
    texts = sum(size for kind, size in loaded if kind in TEXTS)
    return Visit(**seen, texts=texts, everything=sum(size for _, size in loaded))


def _weighed(devtools: CDPSession) -> list[tuple[str, int]]:
    kinds: dict[str, str] = {}
    loaded: list[tuple[str, int]] = []
    devtools.on(
        "Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]})
    )
    devtools.on(
        "Network.loadingFinished",
        lambda told: loaded.append(
            (kinds.get(told["requestId"], "?"), int(told["encodedDataLength"]))
        ),
    )
    devtools.send("Network.enable")
    return loaded


def _checks(browser: Browser, site: str) -> list[float]:
    context = browser.new_context(ignore_https_errors=True, service_workers="block")
    page = context.new_page()
    page.goto(f"{site}/signup")
    times = [_check(page, f"ann{'@' * (number % 2 + 1)}") for number in range(CHECKS + 2)]
    context.close()
    return times[2:]  # the first ones warm up


def _check(page: Page, text: str) -> float:
    """Write into the field, leave it by Tab, and return the milliseconds until its error shows."""
    field = page.get_by_label("Email", exact=True)
    field.fill("")
    page.wait_for_timeout(500)  # until the empty field is checked after the pause in typing
    page.evaluate(ARM)
    field.press_sequentially(text)
    field.press("Tab")
    return float(page.evaluate("() => window.shown"))
