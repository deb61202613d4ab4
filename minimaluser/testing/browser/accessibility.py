"""What of WCAG 2.2 AA a machine can see on a page: axe, reflow and the size of targets."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Page, ViewportSize

from minimaluser.testing.processes import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LEAST_TARGET = 24  # CSS pixels, WCAG 2.2 2.5.8
NARROW: ViewportSize = {"width": 320, "height": 640}  # a window of 1280 at 400 %
WIDE: ViewportSize = {"width": 1280, "height": 800}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# It looks from the top of the page: what a scrolled page has half below the navbar counts as small.
# Colours count when nothing moves any more; Firefox cannot be asked for reduced motion.
RUN_AXE = """async (tags) => {
  scrollTo({ top: 0, behavior: "instant" });
  const ending = document.getAnimations().filter(
    ({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}"""
# What is fixed to the window makes no page wider: it hangs over the edge, where nobody can scroll.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  const over = [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && getComputedStyle(each).position === "fixed")
    .flatMap((each) => [each, ...each.children])
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([, { left, right }]) => left < -1 || right > room + 1)
    .map(([each]) => `over the edge: ${each.outerHTML.slice(0, 90)}`);
  return document.documentElement.scrollWidth > room ? [`wider than ${room}`, ...over] : over;
}"""
# A link inside a sentence may be as small as its words: the standard says so.
TOO_SMALL = """(least) => {
  const alone = (link) => ![...link.parentNode.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const covers = (link) => getComputedStyle(link, "::after").position === "absolute"; // its card
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), summary")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => !each.matches("a") || alone(each))
    .filter((each) => !each.matches("[href='#main']"))
    .map((each) => [each, (covers(each) ? each.offsetParent : each).getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < least)
    .map(([each, { width, height }]) => `small: ${each.outerHTML.slice(0, 90)} ${width}×${height}`);
}"""


def problems(page: Page, *rules: str) -> list[str]:
    """Return what is wrong with the page as it stands, wide by day and narrow by night.

    `rules` are tags of axe, by default all of WCAG 2.2 AA and what it calls best practice.
    """
    rules = rules or (*RULES, "best-practice")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = []
    modes: tuple[tuple[Literal["light", "dark"], ViewportSize], ...] = (
        ("light", WIDE),
        ("dark", NARROW),
    )
    for scheme, size in modes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        seen = [*page.evaluate(RUN_AXE, rules), *page.evaluate(TOO_WIDE)]
        seen += page.evaluate(TOO_SMALL, LEAST_TARGET)
        found += [f"{page.url} ({scheme}) {each}" for each in seen]
    page.set_viewport_size(WIDE)
    return found
