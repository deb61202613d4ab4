"""Somebody at the public port: cookies, CSRF, and a note of every answer."""

from __future__ import annotations

import http.cookiejar
import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter

HOST = "faults.example"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
PATIENCE_SECONDS = 30
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What came back, or 0 when the connection broke."""

    method: str
    path: str
    status: int
    seconds: float
    text: str = ""
    headers: requests.structures.CaseInsensitiveDict[str] | None = None

    def header(self, name: str) -> str:
        return self.headers.get(name, "") if self.headers else ""


class Encrypted(HTTPAdapter):
    """TLS to a server on loopback that has the site's name, from an address of loopback."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> Any:
        name = {"server_hostname": HOST, "assert_hostname": HOST}
        return super().init_poolmanager(*args, **more, **name, source_address=(self.address, 0))


class Visitor:
    """A browser with a network address of its own.

    It plays the one proxy that is trusted, or comes through a real one that knows `authority`. With
    several bases each request goes to another server than the one before.
    """

    def __init__(
        self, bases: Sequence[str], email: str, answers: list[Answer], authority: str = ""
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

    last: Answer

    def close(self) -> None:
        self.http.close()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, form: dict[str, str] | None = None, page: str = "/about") -> Answer:
        """Open a page for its CSRF token, then send the form."""
        opened = self.get(page)
        if path == page and opened.status == 303:  # a link in a mail leads to its page
            path = opened.header("Location")
            opened = self.get(path)
        found = TOKEN.search(opened.text)
        if not found:
            return opened
        return self.send(path, {"csrf_token": found[1], **(form or {})})

    def send(self, path: str, form: dict[str, str]) -> Answer:
        return self._ask("POST", path, form)

    def sign_up(self) -> Answer:
        return self.post("/signup", {"email": self.email}, "/signup")

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> Answer:
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
            for line in got.raw.headers.getlist("Set-Cookie"):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            answer = Answer(
                method, path, got.status_code, time.monotonic() - began, got.text, got.headers
            )
        except requests.RequestException:
            answer = Answer(method, path, 0, time.monotonic() - began)
        self.answers.append(answer)
        self.last = answer
        return answer
