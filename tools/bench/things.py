"""What is measured: each page and action with who asks for it, and how the request is written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from urllib.parse import urlencode

from minimaluser.testing.patterns import HTMX

HOST = "bench.example"
KEY = "seven grey herons wait at noon"
PEOPLE = 10  # of each kind; they take turns, as much is counted for each of them
BROWSER = {
    "Host": HOST,
    "X-Forwarded-Proto": "https",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Sec-Fetch-Site": "same-origin",
}
_numbers = count(time.time_ns() // 1_000_000 % 10**9)  # another process begins with others


@dataclass(frozen=True)
class Thing:
    """A page or an action.

    Attributes:
        name: what the table calls it.
        path: its address.
        who: "stranger" (no cookie), "guest", "member" (confirmed, logged in) or "returning" (known
            to the site, logged out).
        form: what is posted; `{n}` is another number, and `{member}` another person, each time.
        htmx: whether htmx asks, so that the answer is a fragment.
        status: of the answer.
        hashes: how many access keys are hashed for it, which its figures are told without.
    """

    name: str
    path: str
    who: str = "stranger"
    form: Mapping[str, str] | None = None
    htmx: bool = False
    status: int = 200
    hashes: int = 0

    def times(self, wanted: int) -> int:
        """Return how often it is done where it is wanted so often; what hashes is slow."""
        return min(wanted, 2) if self.hashes else wanted


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Counts = dict[str, int]  # statements, transactions and templates
Who = dict[str, list[tuple[str, str]]]  # the cookies and the CSRF token of each who is there

PLAIN = Thing("the limit", "/")
WITH_ROW = Thing("the limit, cookie + select", "/row", "member")
HASH = Thing("one hash of a key", "/hash", hashes=1)
LIMITS = [PLAIN, WITH_ROW, HASH]
EMAIL = {"email": "new{n}@example.org"}
LOGIN = {"email": "returning{member}@bench.example", "key": KEY}
THINGS = [
    Thing("home, guest", "/"),
    Thing("home, logged in", "/", "member"),
    Thing("about, logged in", "/about", "member"),
    Thing("profile", "/profile", "member"),
    Thing("log-in page", "/login"),
    Thing("field check, guest", "/check/signup/email", "guest", EMAIL, htmx=True),
    Thing(
        "field check, logged in",
        "/check/nickname/nickname",
        "member",
        {"nickname": "Bench {n}"},
        htmx=True,
    ),
    Thing("nickname form", "/profile/nickname", "member", htmx=True),
    Thing("nickname POST", "/profile/nickname", "member", {"nickname": "Bench {n}"}, htmx=True),
    Thing("log-in", "/login", "returning", LOGIN, status=303, hashes=1),
    Thing("sign-up", "/signup", "guest", EMAIL, status=303, hashes=1),
]


def of_the_site() -> list[Thing]:
    """Return what is measured at the site, that of its parts (`tools/bench/<part>.py`) too."""
    from minimaluser.parts import names  # the site is not loaded where only load is made

    modules = [f"tools.bench.{name}" for name in names()]
    theirs = [import_module(module).THINGS for module in modules if find_spec(module)]
    return THINGS + [thing for things in theirs for thing in things]


def write(thing: Thing, who: Who) -> Request:
    """Return the next request for a thing."""
    number = next(_numbers)
    crowd = who.get(thing.who) or [("", "")]
    cookie, token = crowd[number % len(crowd)]
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    headers = {**BROWSER, "X-Forwarded-For": address, **(HTMX if thing.htmx else {})}
    if cookie:
        headers["Cookie"] = cookie
    if thing.form is None:
        return Request("GET", thing.path, headers, b"")
    names = {"n": number, "member": number % len(crowd)}
    form = {name: value.format(**names) for name, value in thing.form.items()}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return Request("POST", thing.path, headers, urlencode({"csrf_token": token, **form}).encode())
