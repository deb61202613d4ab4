"""Somebody at the site: a browser with cookies and a network address, and a person who uses it."""

from __future__ import annotations

import base64
import itertools
import json
import secrets
import threading
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from minimaluser.testing import people, visitor
from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import CODE, JWT, KEY, first
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Failed, NotTried

if TYPE_CHECKING:
    from tests.abuse.site import Site

T = TypeVar("T")
_numbers = itertools.count(secrets.randbelow(1 << 20) << 2)


def at_once(deeds: Sequence[Callable[[], T]]) -> list[T]:
    """Do everything in the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(deeds))

    def one(deed: Callable[[], T]) -> T:
        barrier.wait(60)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


class Visitor(visitor.Visitor):
    """A browser. Where the site trusts a proxy, each has a network address of its own."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.base, site.patience)
        self.site = site
        number = next(_numbers)
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if site.is_ours:  # behind the proxy that we are: it names who asks
            self.http.headers["X-Forwarded-For"] = self.address

    def twin(self) -> Visitor:
        """Another browser, elsewhere, with the same cookies: as a thief has them."""
        thief = Visitor(self.site)
        thief.http.cookies.update(self.http.cookies.copy())
        return thief

    def cookie(self) -> tuple[str, str]:
        """Name and value of the session cookie, or two empty words."""
        found = [c for c in self.http.cookies if "session" in c.name]
        return (found[0].name, found[0].value or "") if found else ("", "")

    def user_token(self) -> str:
        """The user token that the session cookie carries, readable to all who have it."""
        return first(JWT, opened(self.cookie()[1]))

    @property
    def is_confirmed(self) -> bool:
        page = self.ask("GET", "/profile")
        return page.status == 200 and 'action="/confirm"' not in page.text

    def portrait(self) -> str:
        """The user as the profile shows them; `guest` if nobody is logged in."""
        page = self.ask("GET", "/profile")
        return page.main if page.status == 200 else "guest"


class Person(Visitor, people.Person[Page]):
    """A person at such a browser, who uses the forms as they stand in pages."""

    def __init__(self, site: Site, email: str, key: str = "") -> None:
        Visitor.__init__(self, site)
        people.Person.__init__(self, self, site.mails, email, key)
        self.nickname = ""

    def elsewhere(self) -> Person:
        """The same person at another device, not logged in there."""
        return Person(self.site, self.email, self.key)

    def asks_to_sign_up(self) -> Page:
        page = self.fill_in("/signup", {"email": self.email})
        if page.status == 429:
            raise NotTried("the site lets nobody else sign up from this address for now (429)")
        return page

    def sign_up(self) -> str:
        """Sign up and be logged in; return the path of the link for confirming, if mail is read."""
        if not self.site.has_mailbox:
            self.asks_to_sign_up()
            if not self.is_logged_in:
                raise NotTried("signing up does not log in, and there is no MAILBOX for the key")
            return ""
        mail = self.mail_after("/confirm/", self.asks_to_sign_up)
        self.key = first(KEY, mail.text)
        if not self.is_logged_in:  # as with PRIVATE_SIGNUP
            self.log_in()
        if not self.is_logged_in:
            raise Failed(f"{self.email} has signed up but is not logged in")
        return mail.path("/confirm/")

    def can_log_in(self, key: str | None = None) -> bool:
        """Tell whether address and key are accepted, in a browser of its own."""
        elsewhere = self.elsewhere()
        elsewhere.log_in(key)
        return elsewhere.is_logged_in

    def forget_key(self, email: str = "") -> Page:
        """Ask for a code and return the page to use it at."""
        answer = self.fill_in("/forgot-key", {"email": email or self.email})
        return self.open(answer.location) if answer.location else answer

    def code(self) -> tuple[Page, str]:
        """Ask for a code and read it; return the page to use it at, and the six digits."""
        pages: list[Page] = []
        mail = self.mail_after(CODE, lambda: pages.append(self.forget_key()))
        return pages[0], first(CODE, mail.text)

    def use_code(self, address: str | Page, code: str, key: str = NEW_KEY) -> Page:
        """Use a code at an address, or at the page of it that is open."""
        page = self.open(address) if isinstance(address, str) else address
        form = {"code": code, "new_key": key, "confirm_key": key}
        return self.submit(page, page.form("Reset access key"), form)


def opened(cookie: str) -> str:
    """What a signed Flask cookie says to everybody, as text; nothing if it is none."""
    packed, payload = cookie.startswith("."), cookie.lstrip(".").partition(".")[0]
    try:
        data = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return json.dumps(json.loads(zlib.decompress(data) if packed else data))
    except (ValueError, zlib.error):
        return ""
