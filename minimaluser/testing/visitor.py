"""Somebody at the public port of a site: a browser without JavaScript, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from minimaluser.testing.forms import Form
from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import path_of

HOPS, BUSY_TRIES, LONGEST_WAIT = 5, 8, 3.0


class Visitor:
    """A browser with cookies.

    Args:
        base: scheme and host of the site, no path.
        patience: how many seconds an answer may take.
    """

    def __init__(self, base: str, patience: float = 60.0) -> None:
        self.base, self.patience = base, patience
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"

    def ask(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str | None] = {}
    ) -> Page:
        """Send a request and return the answer; a 503 that says when is asked again."""
        for _ in range(BUSY_TRIES):
            began = time.monotonic()
            try:
                got = self.request(method, path, data, headers)
            except requests.ConnectionError:  # a connection kept open that the site has closed
                got = self.request(method, path, data, headers)
            seconds = time.monotonic() - began
            if got.status_code != 503 or "Retry-After" not in got.headers:
                break
            time.sleep(min(float(got.headers["Retry-After"]), LONGEST_WAIT))
        return read(method, path, got, seconds)

    def request(
        self, method: str, path: str, data: Any, headers: Mapping[str, str | None]
    ) -> requests.Response:
        """Send a request once, and do not follow where its answer leads."""
        return self.http.request(
            method,
            self.base + path,
            data=data,
            headers=dict(headers),
            allow_redirects=False,
            timeout=self.patience,
        )

    def open(self, path: str, headers: Mapping[str, str | None] = {}) -> Page:
        """Open an address as a browser does, and go where it leads."""
        page = self.ask("GET", path, headers=headers)
        for _ in range(HOPS):
            if not (300 <= page.status < 400 and page.location):
                break
            target = urljoin(self.base + page.path, page.location)
            if urlsplit(target).netloc != urlsplit(self.base).netloc:
                break
            page = self.ask("GET", path_of(target))
        return page

    def submit(
        self,
        page: Page,
        form: Form,
        values: Mapping[str, str] = {},
        headers: Mapping[str, str | None] = {},
    ) -> Page:
        """Fill in a form of a page and send it, as a browser without JavaScript does."""
        action = form.action or page.path
        return self.send(action, form.filled(values), headers)

    def fill_in(self, path: str, form: Mapping[str, Any], *, page: str = "") -> Page:
        """Fill in the form that a page has for an address; what it does not ask for is not sent."""
        shown = self.open(page or path)
        found = shown.form_to(path)
        return self.submit(shown, found, found.known(form))

    def send(
        self, path: str, sent: Mapping[str, Any], headers: Mapping[str, str | None] = {}
    ) -> Page:
        """Post fields as they are, from a page of this very site."""
        return self.ask("POST", path, dict(sent), {"Sec-Fetch-Site": "same-origin", **headers})

    def post(
        self, path: str, sent: Mapping[str, Any] = {}, headers: Mapping[str, str | None] = {}
    ) -> Page:
        """Post fields with a good CSRF token of this browser."""
        return self.send(path, {"csrf_token": self.token(), **sent}, headers)

    def token(self) -> str:
        """A CSRF token of this browser."""
        for path in ("/cookies", "/login"):
            if token := self.open(path).token:
                return token
        raise AssertionError("no page carries a CSRF token")

    def press(self, link: str, values: Mapping[str, str] = {}) -> Page:
        """Open the link of a mail and press the button of its page."""
        page = self.open(link)
        form = page.main_form()
        if page.status != 200 or form is None:
            return page
        return self.submit(page, form, form.known(values))

    @property
    def is_logged_in(self) -> bool:
        return self.ask("GET", "/profile").status == 200


def read(method: str, path: str, got: requests.Response, seconds: float) -> Page:
    """Return an answer as a page."""
    cookies = got.raw.headers.getlist("Set-Cookie")
    return Page(path, got.status_code, got.headers, cookies, got.content, seconds, method)
