"""Requests held back, to look at a page while it waits for the answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route


@contextmanager
def held(page: Page, address: str) -> Iterator[list[Route]]:
    """Hold requests to an address back until the block ends, then let them go."""
    routes: list[Route] = []
    page.route(address, lambda route: routes.append(route))
    try:
        yield routes
    finally:
        for route in routes:
            route.continue_()
        page.unroute(address)
