"""Three browsers at the site and in the model, and what both know of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.sites import Site
from tests.fuzz.machine import Machine
from tests.fuzz.people import (
    Account,
    Code,
    Link,
    Mark,
    Visit,
)
from tests.fuzz.postman import Postman
from tests.fuzz.world import World

ADDRESSES = ["one@example.org", "two@example.org", "three@example.net", "four@example.net"]
OWN_KEYS = ["seven green trains at noon", "a quiet lamp hums upstairs", "no wrong key is that long"]


class Browsers(Machine):
    """The site and the model side by side, before anything is done."""

    def __init__(self, app: Flask, site: Site) -> None:
        super().__init__(app, site)
        self.world = World(datetime.now(UTC))
        self.people = [Person(app, email) for email in ADDRESSES[:3]]
        self.visits: list[Visit | None] = [None] * 3
        self.marks: list[Mark | None] = [None] * 3
        self.codes: list[Code] = []
        self.keys = list(OWN_KEYS)
        self.postman = Postman(app, self.world, self.keys)
        self.looked = 0
        self.states = dict[Account, str]()  # as they were, by the names of the map

    def teardown(self) -> None:
        try:
            for link in self.world.links:
                self.look_at(link)
            for email in ADDRESSES:
                for key in dict.fromkeys(self.keys):
                    answer = Person(self.app, email).log_in(key)
                    expected = self.world.may_log_in(email, key)
                    assert (answer.status_code == 303) == expected, (email, key)
        finally:
            self.clock.stop()

    def asked(self, browser: int, path: str, form: dict[str, Any], granted: object) -> None:
        answer = self.people[browser].post(path, form)
        visit = self.visits[browser]
        ended = visit is not None and not any(visit in a.visits for a in self.world.accounts)
        assert answer.status_code == (303 if granted or ended else 422), path
        self.postman.read()

    def mark(self, browser: int, owner: Account | None) -> None:
        """Note that a browser is known now, after something that only the owner can do in it."""
        known, now = self.marks[browser], self.world.now
        if owner and owner.confirmed and not (known and known.is_good(owner, now)):
            self.marks[browser] = Mark(owner, owner.generation, now)

    def look_at(self, link: Link) -> None:
        status = Person(self.app, "x@example.org").get(link.path).status_code
        assert status == (303 if link.is_good(self.world.now) else 400), link

    def guests(self) -> list[int]:
        return [number for number in range(3) if not self.who(number)]

    def insiders(self) -> list[int]:
        return [number for number in range(3) if self.who(number)]

    def one_of(self, browsers: list[int], which: int) -> int:
        return browsers[which % len(browsers)]

    def insider(self, which: int) -> tuple[int, Account]:
        browser = self.one_of(self.insiders(), which)
        account = self.who(browser)
        assert account is not None
        return browser, account

    def who(self, browser: int) -> Account | None:
        return self.world.account_of(self.visits[browser])

    def visit(self, browser: int) -> Visit:
        found = self.visits[browser]
        assert found is not None
        return found

    def guess(self, account: Account | None, number: int) -> str:
        """Mostly the right key."""
        if account and number < 32:
            return account.key.text
        return self.keys[number % len(self.keys)]
