"""When a page in a browser is quiet: nothing under way, nothing about to begin (docs/testing.md)."""

from __future__ import annotations

import os
import time

from playwright.sync_api import Error, Page

PATIENCE = float(os.environ.get("PATIENCE") or 10)  # seconds; a busy machine hashes a key in some
PAUSE = 20  # milliseconds
# Until a script has run, only the browser knows that a page is not all there.
BUSY = """() => document.readyState !== "complete" ? `loading ${location.pathname}` :
  "busy" in document.documentElement.dataset ? `busy at ${location.pathname}` : "" """


def settled(page: Page, patience: float = PATIENCE) -> Page:
    """Wait until a page is quiet, wherever it has gone meanwhile, and return it.

    Args:
        page: a page of the site, with or without JavaScript.
        patience: how many seconds that may take.

    Raises:
        AssertionError: it is still busy then; says where.
    """
    end = time.monotonic() + patience
    while state := _state(page):
        assert time.monotonic() < end, f"after {patience:g} s the page is {state}"
        page.wait_for_timeout(PAUSE)
    return page


def _state(page: Page) -> str:
    try:
        return str(page.evaluate(BUSY))
    except Error as error:  # the page was left in the middle of the question
        if page.is_closed():
            raise
        return f"left: {error.message}"
