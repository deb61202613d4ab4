"""Somebody at the public port: cookies, CSRF, and a note of every answer."""

from __future__ import annotations

import http.cookiejar
import itertools
import time
from collections.abc import Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from minimaluser.testing.pages import Page
from minimaluser.testing.visitor import read

HOST = "faults.example"
PATIENCE_SECONDS = 30
_numbers = itertools.count(1)


class Encrypted(HTTPAdapter):
    """TLS to a server on loopback that has the site's name, from an address of loopback."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> Any:
        more |= {"server_hostname": HOST, "assert_hostname": HOST}
        return super().init_poolmanager(*args, **more, source_address=(self.address, 0))


class Visitor:
    """A browser with a network address of its own.

    It plays the one proxy that is trusted, or comes through a real one that knows `authority`. With
    several bases each request goes to another server than the one before.
    """

    def __init__(
        self, bases: Sequence[str], email: str, answers: list[Page], authority: str = ""
    ) -> None:
        number = next(_numbers)
        address = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.bases, self.email, self.answers = itertools.cycle(bases), email, answers
        self.http = requests.Session()
        self.http.mount("https://", Encrypted(f"127.{address}"))
        self.http.verify = authority or True
        self.http.trust_env = False
        self.http.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self.cookies: dict[str, str] = {}  # secure ones, as the proxy would speak TLS
        self.http.headers.update(
            {
                "Host": HOST,
                "X-Forwarded-For": f"10.{address}",
                "X-Forwarded-Proto": "https",
                "Sec-Fetch-Site": "same-origin",
                "Connection": "close",
                "User-Agent": "Mozilla/5.0 Firefox/140.0",
            }
        )

    last: Page

    def close(self) -> None:
        self.http.close()

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None)

    def post(self, path: str, form: dict[str, str] | None = None, page: str = "/about") -> Page:
        """Open a page for its CSRF token, then send the form."""
        opened = self.get(page)
        if path == page and opened.status == 303:  # a link in a mail leads to its page
            path = opened.location
            opened = self.get(path)
        if not opened.token:
            return opened
        return self.send(path, {"csrf_token": opened.token, **(form or {})})

    def send(self, path: str, form: dict[str, str]) -> Page:
        return self._ask("POST", path, form)

    def sign_up(self) -> Page:
        return self.post("/signup", {"email": self.email}, "/signup")

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> Page:
        began = time.monotonic()
        try:
            got = self.http.request(
                method,
                next(self.bases) + path,
                data=form,
                headers={"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())},
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
            )
            answer = read(method, path, got, time.monotonic() - began)
        except requests.RequestException:
            answer = Page(path, 0, {}, [], b"", time.monotonic() - began, method)
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.answers.append(answer)
        self.last = answer
        return answer
