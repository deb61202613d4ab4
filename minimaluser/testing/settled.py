"""When a page in a browser is at rest: nothing under way, nothing about to begin."""

from __future__ import annotations

import os
import time

from playwright.sync_api import Error, Page

PATIENCE = float(os.environ.get("PATIENCE") or 10)  # seconds; a busy machine hashes a key in some
# `readyState` is for a page whose scripts have not run yet, and for one without any.
AT_REST = """() => document.readyState === "complete" &&
  !document.documentElement.hasAttribute("data-busy")"""
PAUSE, ONCE = 20, 500  # milliseconds; a page without JavaScript has no timers: it looks once


def settled(page: Page, patience: float = PATIENCE) -> Page:
    """Wait until a page is at rest, wherever it leads meanwhile (docs/testing.md); return it.

    Args:
        page: a page of the site, with or without JavaScript.
        patience: how many seconds that may take.

    Raises:
        AssertionError: it is still busy then; says where.
    """
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            page.wait_for_load_state(timeout=patience * 1000)
            page.wait_for_function(AT_REST, polling=PAUSE, timeout=ONCE)
            return page
        except Error:  # another page has come meanwhile, or it is still busy
            if page.is_closed():
                raise
    raise AssertionError(f"still busy after {patience:g} s: {page.url}")
