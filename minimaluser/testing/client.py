"""Somebody at a test client of Flask, without a server between them and the app."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Self

from flask import Flask
from werkzeug.test import TestResponse

from minimaluser import outbox
from minimaluser.testing import mailbox, people
from minimaluser.testing.mailbox import Mail, Mailbox
from minimaluser.testing.patterns import FORM_TOKEN, HIDDEN, HTMX, first

_addresses = (f"127.{a}.{b}.{c}" for a, b, c in itertools.product(*[range(1, 255)] * 3))


def form_of(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form a page is about: its button is pressed with them."""
    return dict(HIDDEN.findall(page.text))


def mailbox_of(app: Flask) -> Mailbox:
    """What an app has mailed, as its own mailbox shows it."""

    def read() -> list[Mail]:
        with app.app_context():
            return mailbox.from_json(outbox.mailbox())

    return Mailbox(read)


class Person(people.Person[TestResponse]):
    """A person at a test client, which has a memory and a network address of its own."""

    def __init__(self, app: Flask, email: str, key: str = "") -> None:
        super().__init__(self, mailbox_of(app), email, key)
        self.app = app
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = next(_addresses)

    def fill_in(self, path: str, form: Mapping[str, Any], *, page: str = "") -> TestResponse:
        return self.post(path, form)

    def elsewhere(self) -> Self:
        """The same person at another device, not logged in there."""
        return type(self)(self.app, self.email, self.key)

    def logged_in_elsewhere(self, **form: str) -> Self:
        """The same person at another device, after a log-in there."""
        other = self.elsewhere()
        other.log_in(**form)
        return other

    def open(self, link: str, **more: Any) -> TestResponse:
        """Open the link of a mail and go on to the page behind it, if it is good."""
        answer = self.get(link, **more)
        return self.get(answer.location or "", **more) if answer.status_code == 303 else answer

    def get(self, path: str, *, htmx: bool = False, **more: Any) -> TestResponse:
        headers = {**(HTMX if htmx else {}), **more.pop("headers", {})}
        return self.client.get(path, headers=headers, buffered=True, **more)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
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
        """A CSRF token of this browser, of a fragment: it is made much quicker than a page."""
        token = first(FORM_TOKEN, self.client.get("/cookies", headers=HTMX).text)
        assert token, "the form carries no CSRF token"
        return token

    @property
    def is_logged_in(self) -> bool:
        return self.get("/profile").status_code == 200
