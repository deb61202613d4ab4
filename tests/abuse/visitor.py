"""Somebody at the site: a browser with cookies and a network address, and a person who uses it."""

from __future__ import annotations

import base64
import itertools
import json
import re
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from tests.abuse.attack import Failed, NotTried
from tests.abuse.mailbox import CODE, JWT, KEY, Mail
from tests.abuse.page import Form, Page

if TYPE_CHECKING:
    from tests.abuse.site import Site

T = TypeVar("T")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
OWN_KEY = "seven blue kettles sing at dawn"
NEW_KEY = "nine green lamps hum by the sea"
HOPS, BUSY_TRIES, LONGEST_WAIT = 5, 8, 3.0
_numbers = itertools.count(secrets.randbelow(1 << 20) << 2)


def at_once(deeds: Sequence[Callable[[], T]]) -> list[T]:
    """Do everything in the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(deeds))

    def one(deed: Callable[[], T]) -> T:
        barrier.wait(60)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


class Visitor:
    """A browser. Where the site trusts a proxy, each has a network address of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"
        number = next(_numbers)
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if site.is_ours:  # behind the proxy that we are: it names who asks
            self.http.headers["X-Forwarded-For"] = self.address

    def ask(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str | None] = {}
    ) -> Page:
        """Send a request and return the answer; a 503 that says when is asked again."""
        for _ in range(BUSY_TRIES):
            began = time.monotonic()
            try:
                got = self._request(method, path, data, headers)
            except requests.ConnectionError:  # a connection kept open that the site has closed
                got = self._request(method, path, data, headers)
            seconds = time.monotonic() - began
            if got.status_code != 503 or "Retry-After" not in got.headers:
                break
            time.sleep(min(float(got.headers["Retry-After"]), LONGEST_WAIT))
        cookies = got.raw.headers.getlist("Set-Cookie")
        return Page(path, got.status_code, got.headers, cookies, got.content, seconds)

    def _request(
        self, method: str, path: str, data: Any, headers: Mapping[str, str | None]
    ) -> requests.Response:
        return self.http.request(
            method,
            self.site.base + path,
            data=data,
            headers=dict(headers),
            allow_redirects=False,
            timeout=self.site.patience,
        )

    def open(self, path: str, headers: Mapping[str, str | None] = {}) -> Page:
        """Open an address as a browser does, and go where it leads."""
        page = self.ask("GET", path, headers=headers)
        for _ in range(HOPS):
            if not (300 <= page.status < 400 and page.location):
                break
            target = urlsplit(urljoin(self.site.base + page.path, page.location))
            if target.netloc != urlsplit(self.site.base).netloc:
                break
            page = self.ask("GET", target.path + (f"?{target.query}" if target.query else ""))
        return page

    def submit(
        self, page: Page, form: Form, values: Mapping[str, str] = {}, **headers: str | None
    ) -> Page:
        """Fill in a form of a page and send it, as a browser without JavaScript does."""
        action = form.action or page.path
        return self.send(action, form.filled(values), headers)

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

    def fill(self, path: str, button: str, values: Mapping[str, str]) -> Page:
        """Open a page, fill in the form with this button and press it."""
        page = self.open(path)
        return self.submit(page, page.form(button), values)

    def token(self) -> str:
        """A CSRF token of this browser."""
        for path in ("/cookies", "/login"):
            if token := self.open(path).token:
                return token
        raise Failed("no page carries a CSRF token")

    def press(self, link: str, values: Mapping[str, str] = {}) -> Page:
        """Open the link of a mail and press the button of its page."""
        page = self.open(link)
        form = page.main_form()
        if page.status != 200 or form is None:
            return page
        return self.submit(page, form, {k: v for k, v in values.items() if form.has(k)})

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
        """The user token that the session cookie carries, readable to who has the cookie."""
        found = JWT.search(opened(self.cookie()[1]))
        return found[0] if found else ""

    @property
    def is_logged_in(self) -> bool:
        return self.ask("GET", "/profile").status == 200

    @property
    def is_confirmed(self) -> bool:
        page = self.ask("GET", "/profile")
        return page.status == 200 and 'action="/confirm"' not in page.text

    def portrait(self) -> str:
        """What the profile shows of who is logged in; `guest` for nobody."""
        page = self.ask("GET", "/profile")
        return page.main if page.status == 200 else "guest"


class Person(Visitor):
    """Somebody with an e-mail address and a mailbox."""

    def __init__(self, site: Site, email: str, key: str = "") -> None:
        super().__init__(site)
        self.email, self.key, self.nickname = email, key, ""

    def elsewhere(self) -> Person:
        """The same person at another device, not logged in there."""
        return Person(self.site, self.email, self.key)

    def mails(self) -> list[Mail]:
        return self.site.mailbox.to(self.email)

    def mailed(self, what: re.Pattern[str] | str, deed: Callable[[], Any], to: str = "") -> Mail:
        """Do something that sends a mail, and return that mail."""
        older = frozenset(mail.id for mail in self.site.mailbox.to(to or self.email))
        deed()
        return self.site.mailbox.wait(to or self.email, what, older)

    def asks_to_sign_up(self) -> Page:
        page = self.fill("/signup", "Sign up", {"Email": self.email})
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
        mail = self.mailed("/confirm/", self.asks_to_sign_up)
        found = KEY.search(mail.text)
        self.key = found[1] if found else ""
        if not self.is_logged_in:  # as with PRIVATE_SIGNUP
            self.log_in()
        if not self.is_logged_in:
            raise Failed(f"{self.email} has signed up but is not logged in")
        return mail.path("/confirm/")

    def confirm(self) -> None:
        """Sign up, confirm the address, and choose a key of one's own."""
        self.press(self.sign_up())
        self.choose_key(OWN_KEY)
        if not self.is_logged_in:
            raise Failed(f"{self.email} has confirmed but is not logged in")

    def log_in(self, key: str | None = None, **more: str) -> Page:
        values = {"Email": self.email, "Access key": self.key if key is None else key, **more}
        return self.fill("/login", "Log in", values)

    def can_log_in(self, key: str | None = None) -> bool:
        """Tell whether address and key are accepted, in a browser of its own."""
        elsewhere = self.elsewhere()
        elsewhere.log_in(key)
        return elsewhere.is_logged_in

    def log_out(self) -> Page:
        return self.fill("/profile", "Log out", {})

    def choose_key(self, key: str, current: str | None = None) -> Page:
        page = self.fill(
            "/profile/key",
            "Save",
            {
                "Current access key": self.key if current is None else current,
                "New access key": key,
                "Confirm new access key": key,
            },
        )
        if current is None and page.status == 303:
            self.key = key
        return page

    def ask_to_move(self, email: str) -> Page:
        """Ask for another address; the key is given where it is asked for."""
        page = self.open("/profile/email")
        form = page.form("Save")
        values = {"Email": email, "Current access key": self.key}
        return self.submit(page, form, {k: v for k, v in values.items() if form.has(k)})

    def ask_for_code(self, email: str = "") -> Page:
        """Ask for a code and return the page to use it at."""
        answer = self.fill("/forgot-key", "Send code", {"Email": email or self.email})
        return self.open(answer.location) if answer.location else answer

    def code(self) -> tuple[Page, str]:
        """Ask for a code and read it; return the page to use it at, and the six digits."""
        pages: list[Page] = []
        mail = self.mailed(CODE, lambda: pages.append(self.ask_for_code()))
        found = CODE.search(mail.text)
        return pages[0], found[1] if found else ""

    def use_code(self, page: Page, code: str, key: str = NEW_KEY) -> Page:
        values = {"Code": code, "New access key": key, "Confirm new access key": key}
        return self.submit(page, page.form("Reset access key"), values)

    def set_anew(self, key: str) -> None:
        """Set another key by a mailed code, in this browser; it is the person's key from now on."""
        page, code = self.code()
        if self.use_code(page, code, key).status != 303:
            raise Failed(f"{self.email} could not set the key anew")
        self.key = key

    def delete(self) -> Page:
        values = {"Current access key": self.key}
        page = self.open("/profile/delete")
        form = page.form("Delete my account")
        return self.submit(page, form, {k: v for k, v in values.items() if form.has(k)})


def opened(cookie: str) -> str:
    """What a signed Flask cookie says to everybody, as text; nothing if it is none."""
    packed, payload = cookie.startswith("."), cookie.lstrip(".").partition(".")[0]
    try:
        data = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return json.dumps(json.loads(zlib.decompress(data) if packed else data))
    except (ValueError, zlib.error):
        return ""
