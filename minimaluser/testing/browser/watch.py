"""Errors that a browser must never report, and a way to check that a page was not reloaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page

# The browser reports every response from 400 on; those up to 499 are expected in some tests.
REFUSED = re.compile(r"Failed to load resource: .* status of 4\d\d ")


# What Chromium and Firefox say, and htmx says after them, when there is no network.
NO_NETWORK = ("net::ERR_INTERNET_DISCONNECTED", "Failed to fetch", "NetworkError when attempting")
# What Chromium and Firefox say of what the policy forbids.
BROKEN_POLICY = ("Content Security Policy", "violates the following directive", "sandboxed")


class Watch:
    """Collects errors of pages: console (which tells of CSP violations too), scripts, answers."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._contexts: list[BrowserContext] = []
        # Chromium says so when it leaves out the animation between two pages: because of a reload
        # in the middle, or because a busy machine showed the new one first. Nothing is amiss.
        self._allowed = [
            "ViewTransition opt-in disabled",
            "Transition was aborted because of invalid state. Page already revealed",
        ]

    def allow(self, words: str) -> None:
        """Accept problems with these words from now on, because the test causes them."""
        self._allowed.append(words)

    def allow_broken_policy(self) -> None:
        """Accept from now on reports that something was blocked from loading or running."""
        self._allowed += BROKEN_POLICY

    def allow_no_network(self) -> None:
        """Accept from now on reports of requests that could not be sent."""
        self._allowed += NO_NETWORK

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of a browser context."""
        self._contexts.append(context)
        context.on("console", lambda message: self._heard(message.type, message.text))
        context.on("weberror", lambda error: self._note(f"page error: {error.error}"))
        context.on("response", lambda answer: self._answered(answer.status, answer.url))

    def pages(self) -> list[Page]:
        """Return all pages that are open."""
        return [page for context in self._contexts for page in context.pages]

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not REFUSED.match(text):
            self._note(f"console: {text}")

    def _answered(self, status: int, address: str) -> None:
        if status >= 500:
            self._note(f"{status} from {address}")

    def _note(self, problem: str) -> None:
        if not any(words in problem for words in self._allowed):
            self.problems.append(problem)


@contextmanager
def no_full_load(page: Page) -> Iterator[None]:
    """Check that the page is not reloaded during the block."""
    page.evaluate("() => { window.stillHere = true }")
    yield
    assert page.evaluate("() => window.stillHere === true"), "the page was loaded anew"
