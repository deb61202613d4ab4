"""Random walks over the map of the account life (`docs/flow.toml`), in a browser.

Each step tries an action, mostly one that the map allows. The site must do what the map allows and
refuse, or not offer, what it does not; then the account must be in the state that the map says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import Random

from playwright.sync_api import Page

from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import People, new_address
from minimaluser.testing.mailbox import Mail, Mailbox
from minimaluser.testing.patterns import CODE
from minimaluser.testing.settled import settled
from tests.flow import DELETED, STRANGER, Action, flow

GONE = "This link no longer works"
TOO_OFTEN = "too often"
FORBIDDEN = 0.25  # of the steps are of what the map does not allow
MOST_CODES = 3  # an hour, in a browser
# An address whose account is deleted may sign up again: another account, with a life of its own.
ANOTHER_LIFE = {("sign up", DELETED)}

Deed = Callable[["Walk"], bool]
DEEDS: dict[str, Deed] = {}  # by the name of the action; it tells whether the site did it


class Aside(Exception):
    """The action needs what this account does not have now, or was done too often."""


class Walk:
    """One account in one browser, and what is known of it.

    Args:
        seed: of all choices.
    """

    def __init__(self, page: Page, people: People, mailbox: Mailbox, seed: int) -> None:
        self.page, self.mailbox, self.random = page, mailbox, Random(seed)
        self.profile = ProfilePage(page)
        self.person = people.stranger("walker")
        self.addresses = [self.person.email]
        self.state, self.seed = STRANGER, seed
        self.has_first_key = False
        self.codes = 0
        self.steps: list[str] = []
        self.done: Counter[str] = Counter()

    def go(self, steps: int) -> None:
        """Walk so many steps.

        Raises:
            AssertionError: map and site do not agree; names action and state.
        """
        self.person.accept_cookies()
        asides = 0
        while len(self.steps) < steps and asides < 5 * steps:
            try:
                self._step(self._choose())
            except Aside:
                asides += 1
        assert 2 * len(self.steps) >= steps, f"seed {self.seed}: it could hardly go anywhere"

    def _choose(self) -> Action:
        forbidden = self.random.random() < FORBIDDEN
        fitting = [
            action
            for action in flow().actions
            if (self.state not in action.starts) == forbidden
            and (action.name, self.state) not in ANOTHER_LIFE
        ]
        least = min(self.done[action.name] for action in fitting)
        return self.random.choice([each for each in fitting if self.done[each.name] == least])

    def _step(self, action: Action) -> None:
        allowed, before = self.state in action.starts, self.state
        self.done[action.name] += 1
        done = DEEDS[action.name](self)
        settled(self.page)
        if self.profile.page.get_by_text(TOO_OFTEN).count():
            raise Aside
        self.steps.append(f"{action.name} ({before})")
        way = f"seed {self.seed}: {' → '.join(self.steps)}"
        said = "allows it, the site refuses it" if allowed else "does not have it, the site does it"
        assert done == allowed, f"“{action.name}” in the state “{before}”: the map {said}; {way}"
        if done:
            self.state = action.after(before)
        seen = self._look()
        assert seen == self.state, f"“{action.name}” leads to “{seen}”, not “{self.state}”; {way}"

    def _look(self) -> str:
        """Return the state as the site shows it."""
        if self.state in {STRANGER, DELETED}:
            refused = self.person.elsewhere().log_in(self.person.key or "no key at all")
            assert refused.status_code == 422, "somebody who has no account can log in"
            return self.state
        self.come_in()
        self.profile.open()
        is_unconfirmed = self.page.get_by_role("button", name=re.compile("Send the mail")).count()
        is_moving = self.profile.main.get_by_text("Waiting for").count()
        if is_moving:
            return "waiting" if is_unconfirmed else "moving"
        return "unconfirmed" if is_unconfirmed else "confirmed"

    # --- what deeds need

    @property
    def has_account(self) -> bool:
        return self.state not in {STRANGER, DELETED}

    def come_in(self) -> bool:
        """Be logged in here, with the key just entered; False if there is no account."""
        if not self.has_account:
            return False
        person = self.person.at(self.page)
        if self.page.request.get("/profile", max_redirects=0).status != 200:
            if person.log_in().status_code == 303:
                return True
            self.count_code()  # the key was turned off
            person.reset_key(self.new_key())
            person.must(person.log_in())
        elif person.fill_in("/key-entry", {"current_key": person.key}).status_code != 303:
            self.count_code()
            person.reset_key(self.new_key())
            person.must(person.log_in())
        return True

    def go_out(self) -> None:
        """Be nobody here; the browser stays known."""
        if self.page.request.get("/profile", max_redirects=0).status == 200:
            self.person.at(self.page).log_out()

    def new_key(self) -> str:
        """Return a key that was not used yet; the account has one of its own from now on."""
        self.has_first_key = False
        return f"lamps hum by the sea at {self.random.randrange(10**9)}"

    def new_address(self) -> str:
        self.addresses.append(new_address("walker"))
        return self.addresses[-1]

    def count_code(self) -> None:
        self.codes += 1
        if self.codes > MOST_CODES:
            raise Aside

    def mails(self) -> list[Mail]:
        """All mails to this account, newest first."""
        return [mail for mail in self.mailbox.read() if mail.to in self.addresses]

    def open_newest(self, start: str) -> Mail | None:
        """Open the newest link that starts so, and return its mail, if it is good."""
        for mail in self.mails():
            if link := mail.path(start):
                self.profile.open_link(link)
                settled(self.page)
                return None if self.profile.heading.inner_text() == GONE else mail
        return None

    def newest_code(self, older: set[str]) -> Mail | None:
        new = [mail for mail in self.mails() if mail.id not in older]
        return next((mail for mail in new if mail.has(CODE)), None)

    def hears(self, words: str) -> bool:
        """Tell whether these words are announced once the page is at rest."""
        settled(self.page)
        return words in " ".join(self.profile.announcements.all_inner_texts())
