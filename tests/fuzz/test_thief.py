"""Owner and thief: both act on one account in any order, with requests held back in the middle.

A thief may have the key, a copy of a session, what stood in the mailbox at some time, and the
sign-up itself. Whenever the owner proves the mailbox or undoes something, everything the thief
ever held is tried: nothing works. And at the end the owner has the account.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from werkzeug.test import TestResponse

from minimaluser.lib import hashing
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import user_of
from minimaluser.testing.sites import Site
from tests.fuzz.conftest import LIVES, effort
from tests.fuzz.door import Held, open_doors
from tests.fuzz.proofs import MAILBOXES, VICTIM, Owner

WAYS_IN = ["session", "key", "key", "sign-up"]
INSIDE = ["first-key", "first-key", "key", "email", "move", "move", "delete", "sessions", "confirm"]
ELSEWHERE = ["link", "code", "mailbox", "reset", "get in", "wait"]
IN_SHORT, STEPS = 5, 10
MINUTES = [0.5, 2, 2, 11]

which, held = st.integers(0, 40), st.sampled_from([0, 1, 1, 2])
deeds = st.lists(st.sampled_from([*INSIDE, *ELSEWHERE]), min_size=1, max_size=4)
Answer = tuple[int, int, bool]
answer = st.tuples(which, st.integers(0, 1), st.booleans())
perhaps = st.none() | answer | answer


class OwnerAndThief(Owner):
    """Both sides act on one account."""

    @initialize(
        begins=st.sampled_from([0, 0, 1, 2, 3]),
        deeds=st.lists(st.sampled_from(INSIDE), min_size=1, max_size=3),
        which=which,
        to=st.sampled_from(MAILBOXES),
        at=held,
        answer=answer,
    )
    def begin(self, begins: int, **act: Any) -> None:
        """Let one of them sign up first, the owner get some way, and then the thief act."""
        if begins == 0:
            self.thief_signs_up(0, 0)
        else:
            self.owner_signs_up()
        if begins > 1:
            self.owner_confirms(0, by_page=False)
        if begins > 2:
            self.owner_changes_key(0)
        self.thief_acts(**act)

    def thief_gets_in(self, way: str, which: int, at: int) -> None:
        """By a copy of the owner's session, with the owner's key, or by signing up first."""
        if way == "session":
            cookies = [person.client.get_cookie("mu_session") for person in self.owner]
            for cookie in [each for each in cookies if each][:1]:
                self.thief.loot.add("sessions", cookie.value)
                self.thief.browsers[which % 2] = self.thief.browser(mu_session=cookie.value)
        elif way == "key":
            self.thief.loot.add("keys", self.key)
            form = {"email": self.address_now(), "key": self.best_key()}
            self.thief_does(which, at, lambda p: p.post("/login", form))
        elif not user_of(self.app, VICTIM):
            self.thief_signs_up(which, at)

    def thief_has_seen_the_mailbox(self) -> None:
        self.thief.read_mail(VICTIM)
        self.thief.loot.links = [
            link for link in self.thief.loot.links if "/undo/" not in link or self.is_thiefs(link)
        ]

    def thief_signs_up(self, which: int, at: int) -> None:
        person = self.browser(which)
        person.get("/signup")
        cookie = person.client.get_cookie("mu_session")
        self.thief.loot.add("sign_ups", cookie.value if cookie else "")
        self.thief_does(which, at, lambda p: p.post("/signup", {"email": VICTIM}))

    @rule(
        deeds=deeds,
        which=which,
        to=st.sampled_from(MAILBOXES),
        at=held,
        answer=st.none() | answer | answer,
    )
    def thief_acts(
        self, deeds: list[str], which: int, to: str, at: int, answer: Answer | None
    ) -> None:
        """In one rule with the owner's answer: Hypothesis leaves whole rules out of a life."""
        for number, deed in enumerate(deeds, 1):
            self.thief_acts_once(deed, which, to, at if number == len(deeds) else 0)
        if answer is not None:
            self.owner_acts(*answer)

    def thief_acts_once(self, deed: str, which: int, to: str, at: int) -> None:
        insiders = self.insiders()
        for way in [WAYS_IN[which % 2], "key"] if deed in INSIDE else ():
            if not insiders:
                self.thief_gets_in(way, which, 0)
                insiders = self.insiders()
        if deed in INSIDE and insiders:
            self.thief_acts_inside(deed, insiders[which % len(insiders)], to, at)
        elif deed == "link":
            self.thief_presses_a_link(which, which // 2, at)
        elif deed == "code":
            self.thief_asks_for_a_code(peeks=which % 3 > 0)
        elif deed == "wait":
            self.time.shift(timedelta(minutes=MINUTES[which % len(MINUTES)]))
        elif deed == "get in":
            self.thief_gets_in(WAYS_IN[which % len(WAYS_IN)], which, at)
        elif deed == "mailbox":
            self.thief_has_seen_the_mailbox()
        elif deed == "reset" and self.address_now() in MAILBOXES:
            self.thief_resets_what_was_moved(which, at)

    def thief_acts_inside(self, deed: str, which: int, to: str, at: int) -> None:
        key = self.best_key()
        if deed in {"first-key", "sessions"} and key:
            self.thief_does(which, 0, lambda p: p.post("/key-entry", {"current_key": key}))
        form = {"current_key": key, "new_key": "", "confirm_key": "", "email": to}
        if deed == "key":
            self.thiefs_keys += 1
            form["new_key"] = form["confirm_key"] = f"key number {self.thiefs_keys} of the thief"
            self.thief.loot.add("keys", form["new_key"])
        if deed == "move":
            self.thief_does(which, 0, lambda p: p.post("/profile/email", form))
            return self.thief_presses_a_link(which, 0, at)
        path = "/confirm" if deed == "confirm" else f"/profile/{deed}"
        return self.thief_does(which, at, lambda p: p.post(path, form))

    def thief_presses_a_link(self, which: int, number: int, at: int) -> None:
        self.thief.read_mail(*MAILBOXES)
        links = [link for link in self.thief.loot.links if link.startswith(("/c", "/e"))]
        if links:
            link = links[-1 - number % len(links)]
            self.thief_does(which, at, lambda p: p.post(link, form_of(p.open(link))))

    def thief_asks_for_a_code(self, *, peeks: bool) -> None:
        person = self.thief.browser()
        answer = person.post("/forgot-key", {"email": VICTIM})
        cookie = person.client.get_cookie("mu_session")
        if answer.status_code == 303 and peeks and cookie and user_of(self.app, VICTIM):
            self.thief.loot.add("codes", (cookie.value, answer.location, self.thief.digits()))

    def thief_resets_what_was_moved(self, which: int, at: int) -> None:
        page, code = self.thief.browser().ask_for_code(self.address_now())
        self.thiefs_keys += 1
        new = f"key number {self.thiefs_keys} of the thief"
        self.thief.loot.add("keys", new)
        if code:
            self.thief_does(which, at, lambda p: p.use_code(page, code, new))

    @precondition(lambda self: self.held)
    @rule(number=which)
    def a_held_request_goes_on(self, number: int) -> None:
        self.held.pop(number % len(self.held)).finish()

    def thief_does(self, which: int, at: int, deed: Callable[[Person], TestResponse]) -> None:
        person = self.browser(which)
        twin = self.thief.twin(person)

        def act() -> None:
            self.thief.keep(twin, deed(twin))
            self.thief.browsers[which % 2] = twin

        if not at:
            return act()
        held = Held(act, at)
        held.start()
        if held.thread.is_alive():
            return self.held.append(held)
        return held.finish()

    def browser(self, which: int) -> Person:
        return self.thief.browsers[which % 2]

    def best_key(self) -> str:
        """The newest key that the thief knows and that opens the account, else the newest."""
        keys = self.thief.loot.keys[::-1]
        user = user_of(self.app, self.address_now())
        good = [key for key in keys if user and hashing.verify_key(user.key_hash, key, 512)]
        return (good or keys or [""])[0]

    def insiders(self) -> list[int]:
        return [number for number in (0, 1) if self.thief.browsers[number].is_logged_in]


def test_SE6_and_EM5_whatever_a_thief_holds_is_worth_nothing_once_the_owner_has_proved_the_mailbox(
    app: Flask, site: Site, no_limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_doors(monkeypatch)
    run_state_machine_as_test(
        lambda: OwnerAndThief(app, site),  # type: ignore[arg-type]
        settings=effort(LIVES or IN_SHORT, stateful_step_count=STEPS),
    )
