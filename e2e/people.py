"""People with an account, made by plain requests: a test spends its time on what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self
from uuid import uuid4

from playwright.sync_api import APIRequestContext, BrowserContext, Page
from requests.structures import CaseInsensitiveDict

from minimaluser.testing import pages
from minimaluser.testing.mailbox import Mailbox
from minimaluser.testing.patterns import PAGE_TOKEN, first
from minimaluser.testing.people import Somebody

SESSION = re.compile(r"^mu_session_\d+$")  # the cookie, with the port of the site
GOOD_KEY = "blue kettle sings at dawn"
ANOTHER_KEY = "seven tired boats drift home"


def new_address(name: str = "eve") -> str:
    """Return an address that nobody has."""
    return f"{name}-{uuid4().hex[:12]}@example.org"


class Person(Somebody[pages.Page]):
    """Somebody who sends forms past the pages, in the browser that they are `at`."""

    requests: APIRequestContext

    def __init__(self, mailbox: Mailbox, email: str = "") -> None:
        self._mailbox, self.email, self.key = mailbox, email or new_address(), ""

    @property
    def mailbox(self) -> Mailbox:
        return self._mailbox

    def at(self, browser: Page | BrowserContext) -> Self:
        """Do what follows in this browser."""
        self.requests = browser.request
        return self

    def fill_in(self, path: str, form: Mapping[str, Any], *, page: str = "") -> pages.Page:
        token = first(PAGE_TOKEN, self.requests.get("/cookies").text())
        sent = {"csrf_token": token, **form}
        answer = self.requests.post(path, form=sent, max_redirects=0)
        headers = CaseInsensitiveDict(answer.headers)
        if "Location" in headers:  # go on, or the next page that is opened shows the toast
            self.requests.get(headers["Location"])
        return pages.Page(path, answer.status, headers, [], answer.body(), 0, "POST")


def signed_up(name: str, mailbox: Mailbox, browser: Page | BrowserContext) -> Person:
    """Return somebody who is logged in in a browser, and not confirmed."""
    person = Person(mailbox, new_address(name)).at(browser)
    person.sign_up()
    person.accept_cookies()
    return person


def confirmed(name: str, mailbox: Mailbox, browser: Page | BrowserContext) -> Person:
    """Return somebody confirmed who is logged in there, still with the key from the mail."""
    person = signed_up(name, mailbox, browser)
    person.confirm()
    return person
