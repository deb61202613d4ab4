"""People with an account, made by plain requests: a test spends its time on what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import uuid4

from playwright.sync_api import APIRequestContext

from e2e.mailbox import Mailbox

GOOD_KEY = "blue kettle sings at dawn"
ANOTHER_KEY = "seven tired boats drift home"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def new_address(name: str = "eve") -> str:
    """Return an address that nobody has."""
    return f"{name}-{uuid4().hex[:12]}@example.org"


@dataclass
class Person:
    """An address, a key and a mailbox."""

    mailbox: Mailbox
    email: str = field(default_factory=new_address)
    key: str = ""

    def sign_up(self, requests: APIRequestContext) -> Person:
        """Sign up; the browser these requests belong to is logged in afterwards."""
        self._post(requests, "/signup", email=self.email)
        self.key = self.mailbox.key_to(self.email)
        return self

    def confirm(self, requests: APIRequestContext) -> Person:
        """Press the button behind the link in the newest mail."""
        self._post(requests, self.mailbox.link_to(self.email, "Confirm"))
        return self

    def log_in(self, requests: APIRequestContext) -> Person:
        """Log the browser in that these requests belong to."""
        self._post(requests, "/login", email=self.email, key=self.key)
        return self

    def log_out(self, requests: APIRequestContext) -> Person:
        """Log the browser out that these requests belong to."""
        self._post(requests, "/logout")
        return self

    def accept_cookies(self, requests: APIRequestContext) -> Person:
        """Answer the cookie banner, so that it is out of the way."""
        self._post(requests, "/cookies")
        return self

    def choose_key(self, requests: APIRequestContext, key: str = GOOD_KEY) -> Person:
        """Replace the key, which ends every other session."""
        form = {"current_key": self.key, "new_key": key, "confirm_key": key}
        self._post(requests, "/profile/key", **form)
        self.key = key
        return self

    @staticmethod
    def _post(requests: APIRequestContext, address: str, **form: str) -> None:
        found = TOKEN.search(requests.get("/cookies").text())
        assert found, "the page carries no CSRF token"
        answer = requests.post(address, form={"csrf_token": found[1], **form})
        assert answer.ok, f"{address} answered {answer.status}:\n{answer.text()[:2000]}"
