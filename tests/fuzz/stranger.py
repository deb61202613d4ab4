"""A stranger with three browsers, two accounts and three mailboxes, and all that one can do.

Ann (confirmed) and Ben (unconfirmed) are the accounts; Eve's mailbox has none yet. What is done in
one world is done in the other with the same arguments, so nothing here may look at the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from minimaluser import outbox
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import CODE, KEY, KEY_TEXT
from minimaluser.testing.sites import Site
from tests.fuzz import seen

OWN = ("ann@example.org", "ben@example.org", "eve@example.org")
OWN_KEYS = ("seven green trains at noon", "a quiet lamp hums upstairs")
LINKS = ("/confirm/", "/email/confirm/", "/email/undo/", "/closing/undo/", "/reset-key/mail/")
FIELDS = ("signup/email", "email/email", "forgot-key/email", "key/new_key", "nickname/nickname")
OFTEN = 10  # wrong keys, until an address is limited


class Stranger:
    """The same person in one of two worlds; `told` is what was seen since the last look."""

    def __init__(self, app: Flask, site: Site) -> None:
        self.app = app
        self.browsers = [site.person(app, "ann"), site.person(app, "ben"), Person(app, OWN[2])]
        for number, browser in enumerate(self.browsers):
            browser.client.environ_base["REMOTE_ADDR"] = f"198.51.{number}.7"
        self.told: seen.Told = []
        self.flows: list[str] = []
        self.names: list[str] = []
        self.read: set[str] = set()
        self.mails: list[dict[str, Any]] = []
        self.keys = {email: [person.key] for email, person in zip(OWN, self.browsers, strict=True)}
        self.look()  # so that names seen later are new ones
        self.told.clear()

    # --- guests

    def sign_up(self, browser: int, email: str, htmx: bool) -> None:
        self._follow(browser, self._post(browser, "/signup", {"email": email}, htmx=htmx))
        self._get(browser, "/signup/mail", htmx=htmx)

    def log_in(self, browser: int, email: str, wrong: bool, htmx: bool) -> None:
        key = "no key is as wrong as that" if wrong else self._key(email)
        form = {"email": email, "key": key, "keep": "y"}
        self._follow(browser, self._post(browser, "/login", form, htmx=htmx))

    def guess(self, browser: int, email: str, htmx: bool) -> None:
        for _ in range(OFTEN):
            self.log_in(browser, email, True, htmx)

    def forget_key(self, browser: int, email: str, htmx: bool) -> None:
        answer = self._post(browser, "/forgot-key", {"email": email}, htmx=htmx)
        if answer.status_code < 400:
            self.flows.append(self._follow(browser, answer))

    def use_code(self, browser: int, number: int, right: bool, htmx: bool) -> None:
        if self.flows:
            code = self._found(CODE, OWN[number % 3]) if right else ""
            flow = self.flows[-1 - number % len(self.flows)]
            new = OWN_KEYS[number % 2]
            form = {"code": code or "000000", "new_key": new, "confirm_key": new}
            if self._post(browser, flow, form, htmx=htmx).status_code == 303:
                self._remember(new)

    # --- links

    def use_link(self, browser: int, number: int, spoilt: bool, htmx: bool) -> None:
        links = self._links()
        if not links:
            return
        path = links[-1 - number % len(links)]
        start = next(start for start in LINKS if path.startswith(start))
        if spoilt:  # good for another purpose, or for none
            path = LINKS[number % len(LINKS)] + path.removeprefix(start)[: -number or None]
        self._get(browser, path, htmx=htmx)
        new = OWN_KEYS[number % 2]
        answer = self._post(browser, path, {"new_key": new, "confirm_key": new}, htmx=htmx)
        if start == "/reset-key/mail/" and answer.status_code < 400:
            self._remember(new)

    # --- whoever is logged in

    def move(self, browser: int, email: str, htmx: bool) -> None:
        form = {"email": email, "current_key": self._key(OWN[browser])}
        self._post(browser, "/profile/email", form, htmx=htmx)

    def send_again(self, browser: int, email: str, htmx: bool) -> None:
        self._post(browser, "/confirm", {"email": email}, htmx=htmx)

    def rename(self, browser: int, number: int, htmx: bool) -> None:
        name = self.names[-1] if self.names and number % 2 else f"Sunny Side {number}"
        self._post(browser, "/profile/nickname", {"nickname": name}, htmx=htmx)

    def check(self, browser: int, field: str, email: str, htmx: bool) -> None:
        name = field.partition("/")[2]
        text = f"quiet lamp {email}" if name == "new_key" else email
        if name == "nickname":
            text = self.names[-1] if self.names else "Sunny Side"
        self._post(browser, f"/check/{field}", {name: text}, htmx=htmx)

    def change_key(self, browser: int, number: int, htmx: bool) -> None:
        new = OWN_KEYS[number % 2]
        form = {"current_key": self._key(OWN[browser]), "new_key": new, "confirm_key": new}
        if self._post(browser, "/profile/key", form, htmx=htmx).status_code < 400:
            self.keys[OWN[browser]].append(new)

    def replace_key(self, browser: int, htmx: bool) -> None:
        answer = self._post(browser, "/profile/first-key", htmx=htmx)
        self.keys[OWN[browser]] += re.findall(rf"\b{KEY_TEXT}\b", answer.text)

    def enter_key(self, browser: int, wrong: bool, htmx: bool) -> None:
        key = "wrong" if wrong else self._key(OWN[browser])
        self._post(browser, "/key-entry", {"current_key": key}, htmx=htmx)

    def leave(self, browser: int, htmx: bool) -> None:
        key = self._key(OWN[browser])
        self._post(browser, "/profile/delete", {"current_key": key}, htmx=htmx)

    def log_out(self, browser: int, htmx: bool) -> None:
        self._follow(browser, self._post(browser, "/logout", htmx=htmx))

    # --- looking

    def look(self) -> None:
        """See one's own data and mail."""
        for browser in range(3):
            self._get(browser, "/profile/export")
        self._read()

    def look_around(self, browser: int, htmx: bool = False) -> None:
        for path in ("/", "/profile", "/profile/events", "/signup", "/login", "/profile/email"):
            self._get(browser, path, htmx=htmx)

    def look_everywhere(self, email: str) -> None:
        """Try whatever the address could still be known by."""
        for browser in range(3):
            self._get(browser, "/profile")
            self._get(browser, "/profile/events")
            for name in self.names[-3:]:
                self._post(browser, "/check/nickname/nickname", {"nickname": name})
        self.log_in(2, email, True, False)
        self.forget_key(2, email, False)
        for browser in range(2):
            self.enter_key(browser, False, False)
            self.move(browser, email, False)
        self.look()

    # --- hands

    def _get(self, browser: int, path: str, *, htmx: bool = False) -> TestResponse:
        return self._saw(self.browsers[browser].get(path, htmx=htmx))

    def _post(
        self, browser: int, path: str, form: dict[str, Any] | None = None, *, htmx: bool = False
    ) -> TestResponse:
        return self._saw(self.browsers[browser].post(path, form, htmx=htmx))

    def _follow(self, browser: int, answer: TestResponse) -> str:
        where = answer.headers.get("HX-Redirect") or answer.location or ""
        if where:
            self._get(browser, where)
        return where

    def _saw(self, answer: TestResponse) -> TestResponse:
        self.told += seen.answer(self.app, answer)
        for name in seen.GRANTED.findall(answer.text):
            if name not in self.names:
                self.names.append(name)
        return answer

    def _read(self) -> None:
        with self.app.app_context():
            found = [m for m in reversed(outbox.mailbox()) if m["id"] not in self.read]
        self.mails += [letter for letter in found if letter["to"] in OWN]
        self.read |= {letter["id"] for letter in found}
        for letter in found:
            if letter["to"] in OWN:
                self.told += seen.mail(letter)
                self.keys[letter["to"]] += KEY.findall(letter["text"])

    def _links(self) -> list[str]:
        self._read()
        found = (link for letter in self.mails for link in letter["links"])
        paths = ("/" + link.split("/", 3)[3] for link in found if link.count("/") > 2)
        return [path for path in paths if path.startswith(LINKS)]

    def _found(self, pattern: re.Pattern[str], email: str) -> str:
        self._read()
        texts = [letter["text"] for letter in self.mails if letter["to"] == email]
        return next((m[1] for text in reversed(texts) if (m := pattern.search(text))), "")

    def _key(self, email: str) -> str:
        return (self.keys.get(email) or ["none of mine so far"])[-1] or "none of mine so far"

    def _remember(self, key: str) -> None:
        for keys in self.keys.values():
            keys.append(key)


def differences(one: seen.Told, other: seen.Told) -> Iterator[str]:
    """Yield what two worlds have told differently."""
    for number, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            yield f"line {number}:\n  {here}\n  {there}"
    if len(one) != len(other):
        yield f"{len(one)} lines and {len(other)}"
