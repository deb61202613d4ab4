"""Budgets of mail: whatever strangers and thieves do, and for however long, nobody's mailbox gets
more of a class than is promised, what the owner needs to come back leaves within a minute, and no
page says that a mail was sent when none was.

Time goes by; mail goes through the outbox and the real mailer with its ledger.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from minimaluser import mail
from minimaluser.database import transaction
from minimaluser.lib import clock
from minimaluser.mailer import contract
from minimaluser.models import Token, User
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.security import mails
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of
from minimaluser.testing.sites import Site
from tests.fuzz.conftest import LIVES, effort
from tests.fuzz.mailboxes import CROWD, NETWORKS, NOBODY, OWNER, THIEF, Mailboxes
from tests.fuzz.post_office import PATIENCE

BROWSERS = 12
STEPS, LIVES_HERE = 8, 2

victim = st.sampled_from([OWNER, NOBODY])
often = st.sampled_from([1, 3, 12])
where = st.integers(0, len(NETWORKS) - 1)
pauses = st.sampled_from([0 * HOUR, 7 * HOUR])
comes_back = st.sampled_from(["", "home", "elsewhere"])


class Budgets(Mailboxes):
    """Strangers, a thief who always has the key and a session, and the owner with one browser."""

    @rule(email=victim, first=where, times=often, pause=pauses, then=comes_back)
    def strangers_forget(
        self, email: str, first: int, times: int, pause: timedelta, then: str
    ) -> None:
        for number in range(times):
            stranger = self.browser(email, first + number)
            self.honest(stranger.post("/forgot-key", {"email": email}), email)
        self.clock.shift(pause)
        if then:
            self.the_owner_comes_back(then)

    @rule(then=comes_back)
    def a_crowd_forgets(self, then: str) -> None:
        for _ in range(CROWD):
            Person(self.app, NOBODY).post("/forgot-key", {"email": NOBODY})
        if then:
            self.the_owner_comes_back(then)

    @rule(times=st.sampled_from([2, 40]), then=comes_back)
    def many_accounts_ask_at_once(self, times: int, then: str) -> None:
        """Accounts of one person: of some the address was proved, of others not."""
        self.crowds += 1
        with self.app.app_context(), transaction():
            for number in range(times):
                email = f"{number}.{self.crowds}@crowd.example"
                for is_proved in (True, False):
                    user = User(email=email, nickname="one", confirmed_at=None)
                    user.confirmed_at = clock.now() if is_proved else None
                    mail.send_email_change_notice(user, THIEF, "https://x/")
                    mail.send_key_reset_code(user, "123456", "https://x/")
        if then:
            self.the_owner_comes_back(then)

    @rule(email=victim, first=where, times=often)
    def strangers_sign_up(self, email: str, first: int, times: int) -> None:
        for number in range(times):
            stranger = self.browser(email, first + number)
            before = len(self.office.to(email))
            if stranger.post("/signup", {"email": email}).status_code == 303:
                self.told(stranger.get("/profile").text, "We have sent you a mail", email, before)
                self.ben = stranger

    @rule(email=victim, times=st.sampled_from([1, 9]))
    def members_move_there(self, email: str, times: int) -> None:
        for number in range(times):
            member, before = self.members[number % len(self.members)], len(self.office.to(email))
            form = {"email": email, "current_key": member.key}
            answer = member.post("/profile/email", form, htmx=True)
            self.told(answer.text, f"We have sent a mail to {email}", email, before)

    @rule(times=often)
    def a_newcomer_has_the_mail_sent_again(self, times: int) -> None:
        for _ in range(times):
            before = len(self.office.to(self.ben.email))
            answer = self.ben.post("/confirm", htmx=True)
            self.told(answer.text, "We have sent the mail again", self.ben.email, before)

    @rule(times=often)
    def a_newcomer_changes_the_key(self, times: int) -> None:
        for _ in range(times):
            self.ben.key = self.changed(self.ben, self.ben.key)

    @rule(first=where, times=st.sampled_from([1, 12, 31]))
    def the_thief_logs_in(self, first: int, times: int) -> None:
        for number in range(times):
            fresh = self.browser(self.address, first + number)
            if fresh.log_in(self.key).status_code == 303:
                self.thief = fresh
                self.thiefs = [*self.thiefs, fresh][-BROWSERS:]

    @rule(times=often)
    def the_thief_changes_the_key(self, times: int) -> None:
        for _ in range(times):
            self.key = self.changed(self.thief, self.key)

    @rule()
    def the_thief_enters_wrong_keys(self) -> None:
        for _ in range(5):
            self.thief.post("/key-entry", {"current_key": "not the key"})

    @rule(times=st.sampled_from([1, 12, 31]), browsers=st.sampled_from([1, BROWSERS]))
    def the_thief_forgets_the_key(self, times: int, browsers: int) -> None:
        self.has_thief_asked = True
        if browsers > len(self.thiefs):
            self.the_thief_logs_in(0, browsers)
        for number in range(times):
            asking = (self.thiefs or [self.thief])[-browsers:]
            browser = asking[number % len(asking)]
            self.honest(browser.post("/forgot-key", {"email": OWNER}), OWNER)

    @rule(times=often)
    def the_thief_moves_the_account(self, times: int) -> None:
        for number in range(times):
            email = f"{number}.{THIEF}"
            before = len(self.office.to(email))
            form = {"email": email, "current_key": self.key}
            answer = self.thief.post("/profile/email", form, htmx=True)
            self.told(answer.text, f"We have sent a mail to {email}", email, before)
            links = [letter.path("/email/confirm/") for letter in self.office.to(email)[before:]]
            for link in filter(None, links):
                self.thief.post(link)

    @rule()
    def the_thief_deletes_the_account(self) -> None:
        before, could_undo = len(self.office.to(OWNER, contract.UNDO)), self.can_owner_undo()
        self.thief.post("/profile/delete", {"current_key": self.key})
        self.office.deliver(self.clock)
        if could_undo and rows_of(self.app, User, User.id == self.identity)[0].closed_at:
            assert len(self.office.to(OWNER, contract.UNDO)) > before, "deleted in silence"

    def can_owner_undo(self) -> bool:
        """Whether the account is open, and the owner's or one that a link brings back."""
        here = User.id == self.identity, User.closed_at.is_(None)
        good = Token.email == OWNER, Token.expires_at > clock.now()
        found = rows_of(self.app, User, *here)
        return bool(found) and (found[0].email == OWNER or bool(rows_of(self.app, Token, *good)))

    @rule(where=st.sampled_from(["home", "elsewhere"]))
    def the_owner_comes_back(self, where: str) -> None:
        """With the newest undo link if the account is gone, then with a code."""
        if where == "elsewhere":
            self.home = Person(self.app, OWNER)  # a browser that nobody knows
        if user_of(self.app, OWNER) is None or user_of(self.app, OWNER).confirmed_at is None:
            self.undo()
        if user_of(self.app, OWNER) is None:
            return
        self.asked = [at for at in self.asked if at > datetime.now(UTC) - DAY]
        if sum(at > datetime.now(UTC) - HOUR for at in self.asked) > 2 or len(self.asked) > 3:
            return  # had enough of them
        known, before = self.is_known, len(self.office.to(OWNER, contract.CODE))
        answer = self.home.post("/forgot-key", {"email": OWNER})
        self.asked.append(datetime.now(UTC))
        self.honest(answer, OWNER)
        if answer.status_code == 429:
            assert self.has_thief_asked or not known, "a known browser is sent no code"
            came = self.office.to(OWNER, contract.CODE, within=HOUR + MINUTE)
            assert came or self.is_crowded, "no code within the hour"
            return
        letter = self.office.to(OWNER, contract.CODE)[before]
        self.keys += 1
        new = f"the owner's own key {self.keys}"
        form = {"new_key": new, "confirm_key": new}
        assert self.home.post(letter.path("/reset-key/mail/"), form).status_code == 303
        self.key = new

    @rule(pause=st.sampled_from([2 * MINUTE, 11 * MINUTE, HOUR, 7 * HOUR, DAY]))
    def time_passes(self, pause: timedelta) -> None:
        self.clock.shift(pause)

    @invariant()
    def nobody_gets_more_than_is_promised(self) -> None:
        self.office.deliver(self.clock)
        for email in {letter.to for letter in self.office.brought}:
            for mail_class in contract.CLASSES:
                got = len(self.office.to(email, mail_class, DAY, self.office.brought))
                assert got <= mails.most_a_day(mail_class), (email, mail_class, got)
                got = len(self.office.to(email, mail_class, HOUR - PATIENCE, self.office.brought))
                assert got <= most_an_hour(mail_class), (email, mail_class, got, "in an hour")


def most_an_hour(mail_class: str) -> int:
    """Return how many mails of a class one recipient gets in an hour at most."""
    kinds = [kind for kind in mails.KINDS.values() if kind.mail_class == mail_class]
    rates = [rules.limits[name]["account"] for name in {n for kind in kinds for n in kind.budgets}]
    return sum(min(most * -(-HOUR // window) for most, window in each) for each in rates)


def test_RL1_RL3_nobody_is_drowned_in_mail_and_the_owner_always_comes_back(
    app: Flask, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_state_machine_as_test(
        lambda: Budgets(app, site, tmp_path, monkeypatch),  # type: ignore[arg-type]
        settings=effort(LIVES or LIVES_HERE, stateful_step_count=STEPS),
    )
