"""What goes wrong while a test looks: the site, the connection, the mailer, the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext

from minimaluser.testing.browser.site import Site
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.names import COOKIE, MAILER, STORE


class Faults:
    """Each is there as long as its block; only what is down is so for others of the site, too.

    Args:
        context: the browser that has them.
        watch: is told what to expect.
    """

    def __init__(self, site: Site, context: BrowserContext, watch: Watch) -> None:
        self._site, self._context, self._watch = site, context, watch

    @contextmanager
    def answers(self, status: int) -> Iterator[None]:
        """Have forms of this browser answered with a status from 400 on; 429 says when."""
        self._watch.allow(f"{status} from")
        self._watch.allow(f"status of {status}")
        with self._cookie(str(status)):
            yield

    @contextmanager
    def slow(self, seconds: float) -> Iterator[None]:
        """Have this browser wait so long for every answer, of at most half a minute."""
        with self._cookie(f"slow-{seconds}"):
            yield

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Take the connection from this browser."""
        self._watch.allow_no_network()
        self._context.set_offline(True)
        try:
            yield
        finally:
            self._context.set_offline(False)

    @contextmanager
    def mailer_down(self) -> Iterator[None]:
        """Have no mail delivered; what was sent meanwhile comes once it is up."""
        with self._down(MAILER):
            yield

    @contextmanager
    def store_down(self) -> Iterator[None]:
        """Have no file stored or found."""
        with self._down(STORE):
            yield

    @contextmanager
    def _cookie(self, fault: str) -> Iterator[None]:
        self._site.must_have("a fault of the site", "faults")
        value = f"{fault}:{self._site.secret}"
        self._context.add_cookies([{"name": COOKIE, "value": value, "url": self._site.url}])
        try:
            yield
        finally:
            self._context.clear_cookies(name=COOKIE)

    @contextmanager
    def _down(self, name: str) -> Iterator[None]:
        self._site.must_have(f"the {name} down", "faults")
        self._site.do("faults", down=[name])
        try:
            yield
        finally:
            self._site.do("faults", down=[])
