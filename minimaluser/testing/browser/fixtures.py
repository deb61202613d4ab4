"""A plugin of pytest: the people, the page and the tools of a test in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from minimaluser.testing.browser.accessibility import problems
from minimaluser.testing.browser.faults import Faults
from minimaluser.testing.browser.keyboard import Keyboard
from minimaluser.testing.browser.people import People
from minimaluser.testing.browser.site import Site
from minimaluser.testing.browser.visitor import Visitor
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.mailbox import Mailbox


@pytest.fixture(autouse=True)
def watch() -> Iterator[Watch]:
    """Fail the test for anything that a browser must never report."""
    watch = Watch()
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture
def people(site: Site, mailbox: Mailbox, context: BrowserContext) -> People:
    """Somebody in any state, in this browser: `ann = people.confirmed()`."""
    return People(site, mailbox, context)


@pytest.fixture
def visitor(page: Page) -> Visitor:
    """The page of the test in roles and labels, at rest after every step."""
    return Visitor(page)


@pytest.fixture
def faults(site: Site, context: BrowserContext, watch: Watch) -> Faults:
    """What goes wrong: `with faults.answers(500): …`."""
    return Faults(site, context, watch)


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    """Somebody who uses only the keyboard, and has to see the focus."""
    return Keyboard(page)


@pytest.fixture
def axe(page: Page) -> Callable[[], None]:
    """Call it to fail for what a machine sees of WCAG 2.2 AA, by day and night, wide and narrow."""

    def look() -> None:
        found = problems(page)
        assert found == [], "\n".join(found)

    return look
