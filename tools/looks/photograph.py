"""Takes the pictures: every state by day and by night, on a phone and on a desktop."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import requests
from playwright.sync_api import Page, sync_playwright

from minimaluser.testing.browser.accessibility import AXE, RULES, RUN_AXE
from minimaluser.testing.settled import settled

SIZES = {390: 844, 1280: 800}  # width: height
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXED = {(390, "dark"), (1280, "light")}  # as the browser suite looks
ARGUMENTS = ["--no-sandbox", "--force-color-profile=srgb", "--font-render-hinting=none"]
# Pictures and letters are there, those too that nobody has scrolled to.
ALL_THERE = """async () => {
  const pictures = [...document.images];
  for (const each of pictures) each.loading = "eager";
  const decoded = pictures.map((each) => each.decode().catch(() => {}));
  await Promise.all([document.fonts.ready, ...decoded]);
}"""
LONGEST = 100  # characters of a name
OVER = "dialog[open], :popover-open"  # only what is in the window lies under it
State = dict[str, Any]


def states(address: str) -> list[State]:
    """Return the states that a site lists."""
    answer = requests.get(f"{address}/dev/gallery/states.json", timeout=60)
    answer.raise_for_status()
    found: list[State] = answer.json()
    return found


def name_of(state: State) -> str:
    """Return the name of a state as files and `ACCEPT=` have it; a long one is cut."""
    name = re.sub(r"[^\w.,-]+", ".", str(state["id"])).strip(".")
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}-{crc32(name.encode()):08x}"


def photograph(address: str, wanted: list[State], folder: Path, browser: str) -> list[str]:
    """Take the pictures of some states of a site; return what axe finds."""
    folder.mkdir(parents=True, exist_ok=True)
    at_once = min(4, os.cpu_count() or 1)
    shares = [wanted[start::at_once] for start in range(at_once)]
    take = partial(_share, address, folder, browser)
    with ProcessPoolExecutor(at_once) as pool:
        return sorted({each for found in pool.map(take, shares) for each in found})


def _share(address: str, folder: Path, browser: str, wanted: list[State]) -> list[str]:
    found: list[str] = []
    with _page(address, browser) as page:
        for state in wanted:
            if state["kind"] == "tile":
                _tile(page, f"{address}{state['address']}", folder / f"{name_of(state)}@tile.png")
            else:
                found += _state(page, state, folder)
    return found


@contextmanager
def _page(address: str, browser: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=ARGUMENTS)
        context = opened.new_context(
            base_url=address,
            service_workers="block",
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        yield context.new_page()
        opened.close()


def _tile(page: Page, address: str, file: Path) -> None:
    """Photograph a drawing once: it is the same everywhere, and no page by itself."""
    page.goto("about:blank")
    page.set_content(f'<img src="{address}" width="192" height="192">')
    page.evaluate(ALL_THERE)
    page.locator("img").screenshot(path=file)


def _state(page: Page, state: State, folder: Path) -> list[str]:
    page.goto(state["address"])
    settled(page).evaluate(ALL_THERE)
    found: list[str] = []
    rules = (*RULES, "best-practice") if state["kind"] == "page" else RULES
    is_html = page.evaluate("() => document.contentType") == "text/html"
    # A mail has the ground of the reader's program, which axe takes for white by night, too.
    axed = {each for each in AXED if is_html and (state["kind"] != "mail" or "light" in each)}
    for width, scheme in product(SIZES, SCHEMES):
        page.set_viewport_size({"width": width, "height": SIZES[width]})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(
            path=folder / f"{name_of(state)}@{width}-{scheme}.png",
            full_page=not page.locator(OVER).count(),
            animations="disabled",
            caret="hide",
        )
        if (width, scheme) in axed:
            if not page.evaluate("() => 'axe' in window"):
                page.evaluate(AXE.read_text(encoding="utf-8"))
            said = page.evaluate(RUN_AXE, rules)
            found += [f"{name_of(state)} ({width} px, {scheme}): {each}" for each in said]
    return found
