"""One visit, step by step, over whatever sends a request: it keeps cookies and CSRF token."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from minimaluser.testing.patterns import FORM_TOKEN, HTMX, PAGE_TOKEN, first
from tools.bench.things import BROWSER, Thing

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OF_THE_PROXY = {"Host", "X-Forwarded-Proto"}
HEADERS = {name: value for name, value in BROWSER.items() if name not in OF_THE_PROXY}


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 if nothing did. `cookies` are headers, `body` is as it was sent."""

    status: int
    cookies: list[str]
    body: bytes
    coding: str = ""


@dataclass(frozen=True)
class Deed:
    """One request and how it ended.

    Attributes:
        name: of the thing that was asked for.
        ended: the time (seconds since 1970).
        seconds: until the answer was there.
        status: of the answer, 0 if there was none.
        good: whether that is the status that the thing has.
        email: who did it, or signed up; empty for a guest.
        nickname: what was chosen, if any was.
    """

    name: str
    ended: float
    seconds: float
    status: int
    good: bool
    email: str = ""
    nickname: str = ""


Send = Callable[[str, str, Mapping[str, str], bytes], Answer]  # method, path, headers, body


class Walk:
    """A browser during one visit.

    Args:
        send: sends a request and returns the answer.
        numbers: each form takes the next one, so that no two are the same.
        email: of the known user who it is.
        cookie: what this browser carries, as in a header.
    """

    def __init__(
        self, send: Send, numbers: Iterator[int], email: str = "", cookie: str = ""
    ) -> None:
        self.send, self.numbers, self.email = send, numbers, email
        name, _, value = cookie.partition("=")
        self.cookies = {name: value} if cookie else {}
        self.token = ""
        self.last = Answer(0, [], b"")

    def step(self, thing: Thing) -> Deed:
        """Do a thing, and say how that ended."""
        headers = {**HEADERS, **(HTMX if thing.htmx else {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        form, method, body = dict[str, str](), "GET", b""
        if thing.form is not None:
            names = {"n": next(self.numbers), "email": self.email}
            form = {name: value.format(**names) for name, value in thing.form.items()}
            method, headers = "POST", headers | FORM
            body = urlencode({"csrf_token": self._token(), **form}).encode()
        began = time.perf_counter()
        answer = self.last = self.send(method, thing.path, headers, body)
        seconds = time.perf_counter() - began
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        who = self.email or form.get("email", "")
        good = answer.status == thing.status
        chosen = form.get("nickname", "")
        return Deed(thing.name, time.time(), seconds, answer.status, good, who, chosen)

    def _token(self) -> str:
        """Return the newest token that this browser has seen."""
        text = unpacked(self.last).decode()
        self.token = first(PAGE_TOKEN, text) or first(FORM_TOKEN, text) or self.token
        return self.token


def unpacked(answer: Answer) -> bytes:
    """Return the body as it was before the site compressed it."""
    if answer.coding == "br":
        import brotli

        return bytes(brotli.decompress(answer.body))
    return gzip.decompress(answer.body) if answer.coding == "gzip" else answer.body
