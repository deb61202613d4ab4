"""The owner of an account that a thief is after: proves the mailbox, and looks at what is left."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import user_of
from minimaluser.testing.patterns import KEY
from minimaluser.testing.sites import Site
from tests.fuzz.door import Held
from tests.fuzz.machine import Machine
from tests.fuzz.thief import Thief

VICTIM = "victim@example.org"
MAILBOXES = ["thief@evil.example", "thief@worse.example"]


class Owner(Machine):
    """`owned` is the id of the account that the owner has proved to be theirs."""

    def __init__(self, app: Flask, site: Site) -> None:
        super().__init__(app, site)
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
