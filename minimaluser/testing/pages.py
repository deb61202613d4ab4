"""An answer as somebody with a browser sees it: forms by their words, links, the text of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from minimaluser.testing.forms import Form, Reader
from minimaluser.testing.patterns import PAGE_TOKEN, first

AGO = re.compile(r"\b(\d+|an?|a few) (second|minute|hour|day)s?( ago)?\b")


@dataclass
class Page:
    """What came back for a request; `path` is where it came from, `status` 0 if nothing came."""

    path: str
    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    body: bytes
    seconds: float
    method: str = "GET"

    @cached_property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def status_code(self) -> int:
        """The same as `status`, as other clients name it."""
        return self.status

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def location(self) -> str:
        """Where the answer sends a browser, with htmx or without."""
        return self.headers.get("HX-Redirect") or self.headers.get("Location", "")

    @property
    def goes_to_log_in(self) -> bool:
        return urlsplit(self.location).path == "/login"

    @cached_property
    def read(self) -> Reader:
        reader = Reader()
        if self.is_html:
            reader.feed(self.text)
        reader.done()
        return reader

    @property
    def forms(self) -> list[Form]:
        return self.read.forms

    def form(self, button: str) -> Form:
        """Return the form with this button.

        Raises:
            AssertionError: there is none.
        """
        for each in self.forms:
            if button in each.buttons and each.method == "POST":
                return each
        raise AssertionError(f"{self.path} ({self.status}) has no form with a button “{button}”")

    def form_to(self, action: str) -> Form:
        """Return the form that posts to an address.

        Raises:
            AssertionError: there is none.
        """
        for each in self.forms:
            if urlsplit(each.action or self.path).path == action and each.method == "POST":
                return each
        raise AssertionError(f"{self.path} ({self.status}) has no form that posts to {action}")

    def main_form(self) -> Form | None:
        """Return the form that the page is about: the first in `<main>` that posts."""
        return next((each for each in self.forms if each.in_main and each.method == "POST"), None)

    @property
    def token(self) -> str:
        """The CSRF token that it carries, for the page or in a form."""
        return first(PAGE_TOKEN, self.text) or next((f.token for f in self.forms if f.token), "")

    @property
    def addresses(self) -> set[str]:
        """Paths inside the site that the page knows of."""
        found = {each.partition("#")[0] for each in self.read.addresses}
        return {each for each in found if each.startswith("/") and not each.startswith("//")}

    @property
    def main(self) -> str:
        """The words in `<main>`, without times, which change by themselves."""
        return AGO.sub("…", " ".join("".join(self.read.words).split()))
