"""The account life (matrix row 17): three browsers, four mailboxes, and a model that knows better.

Whatever is done in whatever order, the site answers as the model says, and afterwards the same
browsers are logged in, the same links are good and the same keys open the same accounts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from minimaluser import accounts
from minimaluser.testing.client import form_of
from minimaluser.testing.sites import Site
from tests.flow import flow
from tests.fuzz.browsers import ADDRESSES, OWN_KEYS, Browsers
from tests.fuzz.conftest import LIVES, LIVES_IN_SHORT, effort
from tests.fuzz.people import (
    CHANGE,
    CONFIRM,
    UNDO_CLOSING,
    UNDO_EMAIL,
)

NICKNAMES = ["Sunny Side", "SUNNY side", "Quiet Owl"]
HOURS = [0.02, 0.05, 0.05, 0.15, 0.15, 0.2, 0.5, 1.1, 2.5, 11, 13, 25, 73, 167, 170]
STEPS = 30
CHANGES = {change for action in flow().actions if action.model for change in action.changes}

browser, address = st.integers(0, 2), st.sampled_from(ADDRESSES)
which, own_key = st.integers(0, 40), st.sampled_from(OWN_KEYS[:2])


class Life(Browsers):
    """Drives the site and the model side by side."""

    @initialize(steps=st.integers(0, 4))
    def begin(self, steps: int) -> None:
        self.sign_up(0, ADDRESSES[0])
        if steps > 0:
            self.use_link(0, 0)
        if steps > 1:
            self.change_key(0, 0, OWN_KEYS[0])
        if steps > 2:
            self.ask_to_move(0, ADDRESSES[1], 0)
        if steps > 3:
            self.use_link(0, 1)  # the newest is the way back

    @precondition(lambda self: self.guests())
    @rule(which=which, email=address)
    def sign_up(self, which: int, email: str) -> None:
        browser = self.one_of(self.guests(), which)
        self.visits[browser] = None
        visit = self.world.sign_up(email)
        self.asked(browser, "/signup", {"email": email}, visit)
        self.visits[browser] = visit

    @precondition(lambda self: self.guests())
    @rule(which=which, email=address, guess=which)
    def log_in(self, which: int, email: str, guess: int) -> None:
        browser = self.one_of(self.guests(), which)
        key = self.guess(self.world.owner(email), guess)
        self.visits[browser] = None
        visit = self.world.log_in(email, key, self.marks[browser])
        self.asked(browser, "/login", {"email": email, "key": key}, visit)
        self.visits[browser] = visit
        self.mark(browser, self.world.account_of(visit))

    @rule(browser=browser, email=address)
    def ask_for_code(self, browser: int, email: str) -> None:
        path, digits = self.people[browser].ask_for_code(email)
        secret = self.postman.secret(self.people[browser])
        assert bool(digits) == bool(self.world.owner(email))
        code = self.world.ask_for_code(email, secret, path, digits)
        code.link = self.people[browser].link("/reset-key/mail/", email) if digits else ""
        self.codes.append(code)
        self.postman.read()

    @precondition(lambda self: self.codes)
    @rule(browser=browser, number=which, right=st.booleans(), new=own_key)
    def use_code(self, browser: int, number: int, right: bool, new: str) -> None:
        code, person = self.codes[-1 - number % len(self.codes) // 2], self.people[browser]
        digits = code.digits if right and code.digits else "000000"
        person.token()  # a page is opened first
        done = self.world.use_code(code, self.postman.secret(person), digits, new)
        answer = person.use_code(code.path, digits, new)
        assert answer.status_code == {None: 400, False: 422, True: 303}[done]
        self.mark(browser, code.account if done else None)
        self.postman.read()

    @precondition(lambda self: any(code.link for code in self.codes))
    @rule(browser=browser, number=which, new=own_key)
    def use_reset_link(self, browser: int, number: int, new: str) -> None:
        mailed = [code for code in self.codes if code.link]
        code = mailed[-1 - number % len(mailed)]
        done = self.world.use_reset_link(code, new)
        form = {"new_key": new, "confirm_key": new}
        assert self.people[browser].post(code.link, form).status_code == (303 if done else 400)
        self.mark(browser, code.account if done else None)
        self.postman.read()

    @precondition(lambda self: self.world.links)
    @rule(browser=browser, number=which)
    def use_link(self, browser: int, number: int) -> None:
        link = self.world.links[-1 - number % len(self.world.links)]
        visitor = self.who(browser)
        visit = None
        if link.kind == CONFIRM:
            visit = self.world.confirm(link, self.visits[browser])
            done = visit is not None
        elif link.kind == CHANGE:
            done, visit = self.world.confirm_move(link, visitor)
        else:
            undo = {UNDO_EMAIL: self.world.undo_move, UNDO_CLOSING: self.world.undo_closing}
            done = undo[link.kind](link)
        person = self.people[browser]
        answer = person.post(link.path, form_of(person.open(link.path)))
        assert answer.status_code == (303 if done else 400), link
        self.visits[browser] = visit or self.visits[browser]
        self.mark(browser, link.account if done else None)
        self.postman.read()

    @rule(browser=browser)
    def log_out(self, browser: int) -> None:
        if visit := self.visits[browser]:
            self.world.log_out(visit)
        self.people[browser].log_out()

    @precondition(lambda self: self.insiders())
    @rule(which=which, name=st.sampled_from(NICKNAMES))
    def rename(self, which: int, name: str) -> None:
        browser, account = self.insider(which)
        done = self.world.rename(account, name)
        self.asked(browser, "/profile/nickname", {"nickname": name}, done)

    @precondition(lambda self: self.insiders())
    @rule(which=which, guess=which)
    def enter_key(self, which: int, guess: int) -> None:
        browser, account = self.insider(which)
        key = self.guess(account, guess)
        done = self.world.enter_key(account, self.visit(browser), key)
        self.asked(browser, "/key-entry", {"current_key": key}, done)

    @precondition(lambda self: self.insiders())
    @rule(which=which, guess=which, new=own_key)
    def change_key(self, which: int, guess: int, new: str) -> None:
        browser, account = self.insider(which)
        key = self.guess(account, guess)
        visit = self.world.change_key(account, self.visit(browser), key, new)
        form = {"current_key": key, "new_key": new, "confirm_key": new}
        self.asked(browser, "/profile/key", form, visit)
        self.visits[browser] = visit or self.visits[browser]
        self.mark(browser, account if visit else None)

    @precondition(lambda self: self.insiders())
    @rule(which=which, email=address, guess=which)
    def ask_to_move(self, which: int, email: str, guess: int) -> None:
        browser, account = self.insider(which)
        key = self.guess(account, guess)
        done = self.world.ask_to_move(account, self.visit(browser), email, key)
        self.asked(browser, "/profile/email", {"email": email, "current_key": key}, done)

    @precondition(lambda self: self.insiders())
    @rule(which=which)
    def resend_move(self, which: int) -> None:
        browser, account = self.insider(which)
        self.world.resend_move(account, self.visit(browser))
        self.asked(browser, "/profile/email/again", {}, True)

    @precondition(lambda self: self.insiders())
    @rule(which=which)
    def cancel_move(self, which: int) -> None:
        browser, account = self.insider(which)
        self.world.cancel_move(account)
        self.asked(browser, "/profile/email/cancel", {}, True)

    @precondition(lambda self: self.insiders())
    @rule(which=which)
    def send_again(self, which: int) -> None:
        browser, account = self.insider(which)
        self.world.send_again(account)
        self.asked(browser, "/confirm", {}, True)

    @precondition(lambda self: self.insiders())
    @rule(which=which, guess=which)
    def close_account(self, which: int, guess: int) -> None:
        browser, account = self.insider(which)
        key = self.guess(account, guess)
        done = self.world.close(account, self.visit(browser), key)
        self.asked(browser, "/profile/delete", {"current_key": key}, done)

    @rule(hours=st.sampled_from(HOURS))
    def wait(self, hours: float) -> None:
        self.time.shift(timedelta(hours=hours))
        self.world.now = datetime.now(UTC)

    @rule()
    def purge(self) -> None:
        self.world.purge()
        with self.app.app_context():
            accounts.purge()

    @invariant()
    def an_account_changes_as_the_map_says(self) -> None:
        for account in self.world.accounts:
            before = self.states.setdefault(account, account.state)
            assert account.state == before or (before, account.state) in CHANGES
            self.states[account] = account.state

    @invariant()
    def the_right_ones_are_logged_in(self) -> None:
        for number, person in enumerate(self.people):
            account, page = self.who(number), person.get("/profile")
            assert page.status_code == (200 if account else 303), number
            if account:
                assert account.email in page.text
                assert account.nickname in page.text
                assert ("Send the mail again" in page.text) is not account.confirmed

    @invariant()
    def a_link_is_worth_what_it_should(self) -> None:
        self.looked += 1
        links = self.world.links
        for link in [*links[-3:], *links[self.looked % max(1, len(links)) :][:1]]:
            self.look_at(link)


def test_17_whatever_is_done_in_whatever_order_the_site_answers_as_the_model_says(
    app: Flask, site: Site, no_limits: None
) -> None:
    run_state_machine_as_test(
        lambda: Life(app, site), settings=effort(LIVES or LIVES_IN_SHORT, stateful_step_count=STEPS)
    )
