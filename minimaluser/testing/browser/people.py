"""People with an account, made by plain requests: a test spends its time on what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page
from requests.structures import CaseInsensitiveDict

from minimaluser.testing import pages, people
from minimaluser.testing.browser.site import Site
from minimaluser.testing.mailbox import Mailbox
from minimaluser.testing.patterns import PAGE_TOKEN, first
from minimaluser.testing.visitor import Visitor

SESSION = re.compile(r"^mu_session_\d+$")  # the cookie, with the port of the site
GOOD_KEY = "blue kettle sings at dawn"
ANOTHER_KEY = "seven tired boats drift home"
SESSIONS = 10  # as many as one account has at most


def new_address(name: str = "eve") -> str:
    """Return an address that nobody has."""
    return f"{name}-{uuid4().hex[:12]}@example.org"


class Requests:
    """Sends forms past the pages, with the cookies of a browser."""

    def __init__(self, browser: Page | BrowserContext) -> None:
        self._requests = browser.request

    def fill_in(self, path: str, form: Mapping[str, Any], *, page: str = "") -> pages.Page:
        """Post a form, and go where the answer leads."""
        token = first(PAGE_TOKEN, self._requests.get("/cookies").text())
        sent = {"csrf_token": token, **form}
        answer = self._requests.post(path, form=sent, max_redirects=0)
        headers = CaseInsensitiveDict(answer.headers)
        if "Location" in headers:  # go on, or the next page that is opened shows the toast
            self._requests.get(headers["Location"])
        return pages.Page(path, answer.status, headers, [], answer.body(), 0, "POST")


class Person(people.Person[pages.Page]):
    """A person who can sit down `at` a browser of Playwright; at first it is one over HTTP."""

    def __init__(self, site: Site, mailbox: Mailbox, email: str = "", key: str = "") -> None:
        super().__init__(Visitor(site.url), mailbox, email or new_address(), key)
        self.site = site

    def at(self, browser: Page | BrowserContext) -> Self:
        """Do what follows in this browser."""
        self.browser = Requests(browser)
        return self

    def elsewhere(self) -> Self:
        """The same person at another device, not logged in there."""
        return type(self)(self.site, self.mailbox, self.email, self.key)


class People:
    """Makes people in a state; each is logged in in the browser that they are made in, if they can.

    Args:
        site, mailbox: where they have accounts, and their mails.
        browser: where they sit; `at` says another one.
    """

    def __init__(self, site: Site, mailbox: Mailbox, browser: Page | BrowserContext) -> None:
        self._site, self._mailbox, self._browser = site, mailbox, browser

    def at(self, browser: Page | BrowserContext) -> People:
        """Return what makes people in another browser."""
        return People(self._site, self._mailbox, browser)

    def stranger(self, name: str = "eve") -> Person:
        """An address and nothing else."""
        return Person(self._site, self._mailbox, new_address(name)).at(self._browser)

    def signed_up(self, name: str = "ben") -> Person:
        """Not confirmed, with the key from the mail; has answered the cookie banner."""
        person = self.stranger(name)
        browser = self._browser.context if isinstance(self._browser, Page) else self._browser
        browser.clear_cookies(name=SESSION)  # whoever was here before
        person.sign_up()
        person.accept_cookies()
        return person

    def confirmed(self, name: str = "ann") -> Person:
        """Still with the key from the mail."""
        person = self.signed_up(name)
        person.confirm()
        return person

    def settled(self, name: str = "ann") -> Person:
        """Confirmed, with a key of their own."""
        person = self.confirmed(name)
        person.choose_key(GOOD_KEY)
        return person

    def moving(self, name: str = "ann") -> Person:
        """Confirmed; has asked for another address, `pending`, whose link is in the mailbox."""
        person = self.confirmed(name)
        person.must(person.ask_to_move(new_address(f"{name}.new")))
        return person

    def with_sessions(self, count: int = SESSIONS, name: str = "ann") -> Person:
        """Logged in in so many browsers, this one included."""
        person = self.settled(name)
        person.enter_key()
        for _ in range(count - 1):
            person.must(person.elsewhere().log_in())
        return person

    def known(self, name: str = "ann") -> Person:
        """Confirmed and logged out; this browser is known as theirs."""
        person = self.settled(name)
        person.log_out()
        return person

    def left(self, name: str = "ann") -> Person:
        """Has deleted the account; the link that brings it back is in the mailbox."""
        person = self.settled(name)
        person.leave()
        return person

    def disabled(self, name: str = "ann") -> Person:
        """An operator has shut the account of this one, who was confirmed."""
        return self._changed(self.settled(name), "disabled")

    def with_expired_key(self, name: str = "ben") -> Person:
        """Signed up; the mailed key is no longer good. Logged in still."""
        return self._changed(self.signed_up(name), "first key expired")

    def _changed(self, person: Person, state: str) -> Person:
        self._site.must_have(f"a person in the state “{state}”", "people")
        self._site.do("people", email=person.email, state=state)
        return person
