"""Somebody with a browser and a mailbox, who does what a person does."""

from __future__ import annotations

import itertools
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from minimaluser import outbox

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
KEY = re.compile(r"^([a-z2-9]{5}(?:-[a-z2-9]{5}){3})$", re.MULTILINE)
CODE = re.compile(r"^(\d{6})$", re.MULTILINE)

_addresses = (f"127.{a}.{b}.{c}" for a, b, c in itertools.product(*[range(1, 255)] * 3))


def form_of(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form a page is about: its button is pressed with them."""
    found = re.findall(r'name="(link|visitor)"[^>]*value="([^"]*)"', page.text)
    return dict(found)


class Person:
    """A test client with an address, a key, a memory and a network address of its own."""

    def __init__(self, app: Flask, email: str, key: str = "") -> None:
        self.app = app
        self.email = email
        self.key = key
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = next(_addresses)

    def open(self, link: str, **more: Any) -> TestResponse:
        """Open the link of a mail and go on to the page behind it, if it is good."""
        answer = self.get(link, **more)
        return self.get(answer.location, **more) if answer.status_code == 303 else answer

    def elsewhere(self) -> Person:
        """The same person at another device, not logged in there."""
        return Person(self.app, self.email, self.key)

    def get(self, path: str, *, htmx: bool = False, **more: Any) -> TestResponse:
        headers = {**(HTMX if htmx else {}), **more.pop("headers", {})}
        return self.client.get(path, headers=headers, buffered=True, **more)

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        htmx: bool = False,
        token: str | None = None,
        asking: bool = False,
        **more: Any,
    ) -> TestResponse:
        """Post a form with the token of a page this browser has open; `asking`: in the dialog."""
        headers = {**(HTMX if htmx else {}), "Sec-Fetch-Site": "same-origin"}
        if asking:
            headers["X-Ask"] = "true"
        form = {"csrf_token": token or self.token(), **(data or {})}
        return self.client.post(path, data=form, headers=headers, **more)

    def token(self) -> str:
        form = self.client.get("/cookies", headers=HTMX).text  # much quicker than a page
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        assert found, "the form carries no CSRF token"
        return found[1]

    def sign_up(self) -> None:
        assert self.post("/signup", {"email": self.email}).status_code == 303
        self.key = self.mailed(KEY)

    def confirm(self) -> None:
        assert self.post(self.link("/confirm/")).status_code == 303

    def log_in(self, key: str | None = None, **more: Any) -> TestResponse:
        return self.post("/login", {"email": self.email, "key": key or self.key, **more})

    def log_out(self) -> None:
        assert self.post("/logout").status_code == 303

    def enter_key(self) -> None:
        assert self.post("/key-entry", {"current_key": self.key}).status_code == 303

    def choose_key(self, key: str) -> None:
        form = {"current_key": self.key, "new_key": key, "confirm_key": key}
        assert self.post("/profile/key", form).status_code == 303
        self.key = key

    def leave(self) -> None:
        """Delete the account."""
        assert self.post("/profile/delete", {"current_key": self.key}).status_code == 303

    def ask_to_move(self, email: str) -> TestResponse:
        """Ask for another e-mail address; the key is sent along in case it is asked for."""
        return self.post("/profile/email", {"email": email, "current_key": self.key})

    def ask_for_code(self, email: str | None = None) -> tuple[str, str]:
        """Ask for a code; return the address to use it at, and the code ('' if none was sent)."""
        email = email or self.email
        before = len(self.mails(email))
        answer = self.post("/forgot-key", {"email": email})
        assert answer.status_code == 303
        sent = len(self.mails(email)) > before
        return answer.location, self.mailed(CODE, email) if sent else ""

    def use_code(self, address: str, code: str, key: str) -> TestResponse:
        return self.post(address, {"code": code, "new_key": key, "confirm_key": key})

    def reset_key(self, key: str = "a brand new key by mail") -> None:
        """Set a new key by the code in the mail; remembered, not logged in with."""
        address, code = self.ask_for_code()
        assert self.use_code(address, code, key).status_code == 303
        self.key = key

    def mails(self, email: str | None = None) -> list[dict[str, Any]]:
        """The mails to this person, newest first."""
        with self.app.app_context():
            return [mail for mail in outbox.mailbox() if mail["to"] == (email or self.email)]

    def mailed(self, pattern: re.Pattern[str], email: str | None = None) -> str:
        """What stands alone on a line of the newest mail that has such a line."""
        for mail in self.mails(email):
            if found := pattern.search(mail["text"]):
                return found[1]
        raise AssertionError(f"no mail to {email or self.email} has {pattern.pattern}")

    def link(self, start: str, email: str | None = None) -> str:
        """The path of the newest link that starts so."""
        for mail in self.mails(email):
            for link in mail["links"]:
                path = "/" + link.split("/", 3)[3]
                if path.startswith(start):
                    return path
        raise AssertionError(f"no link {start} in the mails to {email or self.email}")

    @property
    def is_logged_in(self) -> bool:
        return self.get("/profile").status_code == 200
