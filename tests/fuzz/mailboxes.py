"""Mailboxes that strangers and a thief fill, and whether pages promise what comes there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine
from werkzeug.test import TestResponse

from minimaluser import accounts
from minimaluser.mailer import contract
from minimaluser.models import User, people
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of
from minimaluser.testing.sites import Site, bring_back
from tests.fuzz.counted import one_begins
from tests.fuzz.post_office import PostOffice

OWNER, NOBODY, THIEF = "ann@example.org", "nobody@example.net", "thief@evil.example"
NETWORKS = [
    *(f"203.0.113.{number}" for number in range(9)),
    *("2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:9::1"),
]
CROWD = 40  # so many codes an hour on the whole site, instead of some hundreds
UNDO_MAILS = 2  # a day, so that they are soon used up


class Mailboxes(RuleBasedStateMachine):
    """The site with its outbox and mailer, the people, and what is looked at after each deed."""

    def __init__(self, app: Flask, site: Site, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        one_begins()
        close(app)
        bring_back(app, site)
        change_settings(app, rate_limit_crowd=1)
        patch.setitem(rules.limits, "undo-mail", {"account": ((UNDO_MAILS, DAY),)})
        crowd = rules.limits["forgot-key"] | {"site": ((CROWD, HOUR),)}
        patch.setitem(rules.limits, "forgot-key", crowd)
        self.app, self.asked, self.keys, self.crowds = app, list[datetime](), 0, 0
        self.has_thief_asked = False  # as one who is logged in, so from a budget of the owner's
        self.travel = time_machine.travel(datetime.now(UTC) + MINUTE, tick=False)
        self.clock = self.travel.start()
        self.members = [Person(app, f"{name}@example.com") for name in ("cy", "di", "ed")]
        for member in self.members:
            member.sign_up()
        self.office = PostOffice(app, folder / datetime.now(UTC).strftime("%f%s"), patch)
        ann, self.ben = site.person(app, "ann"), site.person(app, "ben")
        self.identity = user_of(app, OWNER).id
        self.key, self.home = ann.key, ann.elsewhere()
        self.home.log_in()
        self.home.log_out()
        self.thief = self.browser(OWNER, 0)
        self.thiefs = list[Person]()  # browsers that were logged in once

    def teardown(self) -> None:
        self.travel.stop()

    def browser(self, email: str, network: int) -> Person:
        person = Person(self.app, email, self.key)
        person.client.environ_base["REMOTE_ADDR"] = NETWORKS[network % len(NETWORKS)]
        return person

    @property
    def address(self) -> str:
        """Where the owner's account is now."""
        found = rows_of(self.app, User, User.id == self.identity)
        return found[0].email if found else OWNER

    @property
    def is_crowded(self) -> bool:
        """Whether the whole site is asked for too many codes, so that a stranger gets none."""
        answer = Person(self.app, NOBODY).post("/forgot-key", {"email": f"other.{NOBODY}"})
        return answer.status_code == 429

    @property
    def is_known(self) -> bool:
        with self.app.app_context():
            cookie = self.home.client.get_cookie("mu_browser")
            owner = people.by_email(OWNER)
            return cookie is not None and accounts.is_known_browser(owner, cookie.value)

    def changed(self, person: Person, key: str) -> str:
        self.keys += 1
        new = f"another key of many words {self.keys}"
        form = {"current_key": key, "new_key": new, "confirm_key": new}
        return new if person.post("/profile/key", form).status_code == 303 else key

    def undo(self) -> None:
        """Press the newest link; one that was mailed while somebody else had the account, too."""
        mailed = self.office.to(OWNER, contract.UNDO, within=3 * DAY - HOUR)
        links = [letter.path("/email/undo/") or letter.path("/closing/undo/") for letter in mailed]
        for link in reversed(links):
            self.home.post(link)
            if (back := user_of(self.app, OWNER)) is not None and back.confirmed_at:
                return
        assert not links, "the owner cannot come back"

    def honest(self, answer: TestResponse, email: str) -> None:
        """A code that is promised comes, and one that does not come is not promised."""
        assert answer.status_code in {303, 429}
        before = len(self.office.to(email, contract.CODE))
        self.office.deliver(self.clock)
        came = len(self.office.to(email, contract.CODE)) - before
        if answer.status_code == 303 and user_of(self.app, email):
            assert came == 1, f"promised, and {came} came"
        else:
            assert came == 0, "refused, and sent"
        assert answer.status_code == 303 or "on its way" not in answer.text

    def told(self, text: str, words: str, email: str, before: int) -> None:
        """The page says that a mail was sent if, and only if, one was; a crowd makes it wait."""
        self.office.deliver(self.clock)
        for _ in range(5 * self.crowds):
            if words not in text or len(self.office.to(email)) > before:
                break
            self.clock.shift(MINUTE)
            self.office.deliver(self.clock)
        assert (words in text) == (len(self.office.to(email)) > before), (words, email)
