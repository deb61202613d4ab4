"""Owner and thief: both act on one account in any order, with requests held back in the middle.

A thief may have the key, a copy of a session, what stood in the mailbox at some time, and the
sign-up itself. Whenever the owner proves the mailbox or undoes something, everything the thief
ever held is tried: nothing works. And at the end the owner has the account.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from werkzeug.test import TestResponse

from minimaluser.lib import hashing
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import user_of
from minimaluser.testing.patterns import KEY
from minimaluser.testing.sites import Site, bring_back
from tests.fuzz.conftest import LIVES, effort
from tests.fuzz.counted import one_begins
from tests.fuzz.door import Held, open_doors
from tests.fuzz.thief import Thief

VICTIM, SECOND = "victim@example.org", "victim@second.example"
MAILBOXES = ["thief@evil.example", "thief@worse.example"]
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


class OwnerAndThief(RuleBasedStateMachine):
    """Both sides; `owned` is the id of the account that the owner has proved to be theirs."""

    def __init__(self, app: Flask, site: Site) -> None:
        super().__init__()
        one_begins()
        close(app)
        bring_back(app, site)
        self.app = app
        self.clock = time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False)
        self.time = self.clock.start()
        self.owner = [Person(app, VICTIM), Person(app, VICTIM)]
        self.thief = Thief(app, VICTIM, MAILBOXES)
        self.held: list[Held] = []
        self.owned: int | None = None
        self.key, self.keys, self.thiefs_keys = "", 0, 0

    def teardown(self) -> None:
        try:
            self.let_go()
            self.get_in()
        finally:
            for held in self.held:
                held.go.set()
            self.clock.stop()

    @initialize(
        begins=st.sampled_from([0, 0, 1, 2, 3]),
        deeds=st.lists(st.sampled_from(INSIDE), min_size=1, max_size=3),
        which=which,
        to=st.sampled_from(MAILBOXES),
        at=held,
        answer=answer,
    )
    def begin(self, begins: int, **act: Any) -> None:
        """Who signs up first, how far the owner gets before the thief comes, and what follows."""
        if begins == 0:
            self.thief_signs_up(0, 0)
        else:
            self.owner_signs_up()
        if begins > 1:
            self.owner_confirms(0, by_page=False)
        if begins > 2:
            self.owner_changes_key(0)
        self.thief_acts(**act)

    # --- what a thief could have got

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

    # --- what a thief does, the last of it perhaps held back in the middle

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

    # --- what the owner does, mostly something that proves the mailbox

    def owner_acts(self, choice: int, browser: int, other: bool) -> None:
        user, person = user_of(self.app, VICTIM), self.owner[browser]
        links = self.owners_undo_links() if user is None or user.is_confirmed else []
        if user is None:
            return self.owner_undoes(browser, 0) if links else self.owner_signs_up()
        ways = ["undo"] * 2 if links else [] if user.is_confirmed else ["confirm"] * 2
        ways += ["reset", "come"] if self.key else ["reset"]
        what = ways[choice % len(ways)]
        if what == "confirm":
            return self.owner_confirms(browser, by_page=other)
        if what == "reset":
            return self.reset(person, by_link=other)
        if what == "undo":
            return self.owner_undoes(browser, browser + 2 * other)
        if person.is_logged_in:
            return self.owner_changes_key(browser)
        person.log_in(self.key)
        return None

    def owner_signs_up(self) -> None:
        person = self.fresh_owner(0)
        if person.post("/signup", {"email": VICTIM}).status_code == 303:
            self.key = person.mailed(KEY)

    def owner_confirms(self, browser: int, by_page: bool) -> None:
        person = self.owner[browser]
        for mail in person.mails(VICTIM):
            for link in mail.links:
                path = "/" + link.split("/", 3)[3]
                if path.startswith("/confirm/") and person.get(path).status_code == 303:
                    target = "/confirm/link" if by_page else path
                    answer = person.post(target, form_of(person.open(path)))
                    return self.proved(answer, "confirmed")
        return None

    def owner_changes_key(self, browser: int) -> None:
        new = self.new_key()
        form = {"current_key": self.key, "new_key": new, "confirm_key": new}
        person = self.owner[browser]
        if person.is_logged_in and self.is_owned(person):
            answer = person.post("/profile/key", form)
            if answer.status_code == 303 and answer.location == "/profile":
                self.key = new
                self.nothing_works("changed the key")

    def owner_undoes(self, browser: int, number: int) -> None:
        links = self.owners_undo_links()
        if links:
            person, link = self.owner[browser], links[number % len(links)]
            self.proved(person.post(link, form_of(person.open(link))), "undid")

    @precondition(lambda self: self.held)
    @rule(number=which)
    def a_held_request_goes_on(self, number: int) -> None:
        self.held.pop(number % len(self.held)).finish()

    # --- hands

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

    def is_thiefs(self, link: str) -> bool:
        return any(
            link in each
            for m in MAILBOXES
            for mail in self.owner[0].mails(m)
            for each in mail.links
        )

    def fresh_owner(self, browser: int) -> Person:
        self.owner[browser] = Person(self.app, VICTIM)
        return self.owner[browser]

    def address_now(self) -> str:
        """Where the account is by now, as far as the thief knows."""
        for address in (VICTIM, *MAILBOXES):
            if user_of(self.app, address):
                return address
        return VICTIM

    def is_owned(self, person: Person) -> bool:
        return VICTIM in person.get("/profile").text

    def owners_undo_links(self) -> list[str]:
        found = []
        for mail in reversed(self.owner[0].mails(VICTIM)):
            paths = ["/" + link.split("/", 3)[3] for link in mail.links]
            found += [p for p in paths if p.startswith(("/email/undo/", "/closing/undo/"))]
        return [p for p in found if Person(self.app, VICTIM).get(p).status_code == 303]

    def new_key(self) -> str:
        """A key that nobody has known before."""
        self.keys += 1
        return f"key number {self.keys} of the owner"

    def reset(self, person: Person, *, by_link: bool) -> None:
        new = self.new_key()
        address, code = person.ask_for_code(VICTIM)
        if by_link:
            link = person.link("/reset-key/mail/", VICTIM)
            form = {"new_key": new, "confirm_key": new}
            answer = person.post(link, {**form_of(person.open(link)), **form})
        else:
            answer = person.use_code(address, code, new)
        if answer.status_code == 303:
            self.key = new
        self.proved(answer, "reset")

    def proved(self, answer: TestResponse, how: str) -> None:
        if answer.status_code != 303:
            return
        user = user_of(self.app, VICTIM)
        assert user is not None, f"{how}, and the account is nowhere"
        assert user.is_confirmed, f"{how}, and not confirmed"
        self.owned = user.id
        staying = {self.key}
        if user.key_is_first:
            texts = [mail.text for mail in self.owner[0].mails(VICTIM)]
            staying = {key for text in texts for key in KEY.findall(text)}
        self.let_go_and_try(how, staying if how == "confirmed" else set())

    def let_go_and_try(self, how: str, staying: set[str]) -> None:
        """The key that came with the mail, or that the owner has set in the browser that confirms,
        stays in force, for a thief, too, who knows it.
        """
        loot = self.thief.loot
        known = staying.intersection(loot.keys)
        sessions, marks = loot.sessions[:], loot.marks[:]
        self.let_go()
        late = loot.sessions[len(sessions) :], loot.marks[len(marks) :]
        if known:  # perhaps a log-in with it was under way
            loot.keys = [key for key in loot.keys if key not in known]
            loot.sessions, loot.marks = sessions, marks
        self.nothing_works(how)
        if known:  # they end with the next proof
            loot.keys += known
            loot.sessions += late[0]
            loot.marks += late[1]

    def nothing_works(self, how: str) -> None:
        self.let_go()
        now = user_of(self.app, VICTIM)
        assert now is not None, f"{how}, and a request of before took the account away"
        found = ", ".join(self.thief.still_works(now.id))
        assert not found, f"{how}, and still works: {found}"

    def let_go(self) -> None:
        while self.held:
            self.held.pop().finish()

    def get_in(self) -> None:
        """The owner gets the account back, or one at all if nothing was proved before."""
        for link in self.owners_undo_links()[:1]:
            person = self.fresh_owner(0)
            self.proved(person.post(link, form_of(person.open(link))), "undid")
        user = user_of(self.app, VICTIM)
        if self.owned is not None:
            assert user is not None, "the account is lost"
            assert user.id == self.owned, "the account is another one"
        if user is None:
            self.owner_signs_up()
            return self.owner_confirms(0, by_page=True)
        self.reset(self.fresh_owner(0), by_link=False)
        assert self.owner[0].log_in(self.key).status_code == 303
        return None


def test_SE6_and_EM5_whatever_a_thief_holds_is_worth_nothing_once_the_owner_has_proved_the_mailbox(
    app: Flask, site: Site, no_limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_doors(monkeypatch)
    run_state_machine_as_test(
        lambda: OwnerAndThief(app, site),  # type: ignore[arg-type]
        settings=effort(LIVES or IN_SHORT, stateful_step_count=STEPS),
    )
