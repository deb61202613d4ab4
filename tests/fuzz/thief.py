"""A thief, and everything that a thief could have got of somebody's account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from minimaluser import accounts
from minimaluser.models import people
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import CODE, KEY, SHOWN_KEY

COOKIES = ("mu_session", "mu_browser")


@dataclass
class Loot:
    """The loot of a thief, which is tried whenever the owner has proved the mailbox."""

    keys: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)  # of known browsers
    sign_ups: list[str] = field(default_factory=list)  # cookies of before a sign-up
    links: list[str] = field(default_factory=list)
    codes: list[tuple[str, str, str]] = field(default_factory=list)  # cookie, address, digits

    def add(self, kind: str, value: Any) -> None:
        kept = getattr(self, kind)
        if value and value not in kept:
            kept.append(value)


class Thief:
    """Browsers, mailboxes, and loot."""

    def __init__(self, app: Flask, victim: str, mailboxes: list[str]) -> None:
        self.app, self.victim, self.mailboxes = app, victim, mailboxes
        self.browsers = [self.browser(), self.browser()]
        self.loot = Loot()

    def browser(self, **cookies: str) -> Person:
        person = Person(self.app, self.victim)
        for name, value in cookies.items():
            person.client.set_cookie(name, value)
        return person

    def twin(self, person: Person) -> Person:
        """The same browser, for a request that is under way while others go on."""
        return self.browser(**cookies_of(person))

    def keep(self, person: Person, answer: TestResponse | None = None) -> None:
        """Take what a browser has now, and what the site has just shown."""
        cookies = cookies_of(person)
        self.loot.add("sessions", cookies.get("mu_session"))
        self.loot.add("marks", cookies.get("mu_browser"))
        if answer is not None and (shown := SHOWN_KEY.search(answer.text)):
            self.loot.add("keys", shown[1])

    def read_mail(self, *mailboxes: str) -> None:
        for mailbox in mailboxes:
            for mail in self.browsers[0].mails(mailbox):
                for found in KEY.findall(mail.text):
                    self.loot.add("keys", found)
                for link in mail.links:
                    self.loot.add("links", "/" + link.split("/", 3)[3])

    def digits(self) -> str:
        found = [CODE.search(mail.text) for mail in self.browsers[0].mails(self.victim)]
        return next((match[1] for match in found if match), "")

    def still_works(self, owner_id: int) -> list[str]:
        """Try everything on the account with this id; return what opened it or changed it."""
        found = []
        self.read_mail(*self.mailboxes)
        tried = {key: self.browser().log_in(key).status_code for key in self.loot.keys}
        found += [f"key {key}" for key, status in tried.items() if status == 303]
        pages = [self.browser(mu_session=c).get("/profile").text for c in self.loot.sessions]
        found += ["session" for page in pages if self.victim in page]
        for cookie in self.loot.sign_ups:
            person = self.browser(mu_session=cookie)
            person.post("/signup", {"email": self.victim})
            if self.victim in person.get("/profile").text:  # else an account of the thief's own
                found.append("sign-up")
        for link in self.loot.links:
            good = self.browser().get(link).status_code == 303
            if good and self._is_about(link, owner_id):
                found.append(f"link {link[:20]}")
        for cookie, address, digits in self.loot.codes:
            person = self.browser(mu_session=cookie)
            if person.use_code(address, digits, "the thief sets this key").status_code == 303:
                found.append("code")
        with self.app.app_context():
            user = people.by_id(owner_id)
            if user is not None and any(
                accounts.is_known_browser(user, m) for m in self.loot.marks
            ):
                found.append("known browser")
        return found

    def _is_about(self, link: str, owner_id: int) -> bool:
        page = self.browser().open(link)
        with self.app.app_context():
            user = people.by_id(owner_id)
            return user is not None and user.nickname in page.text


def cookies_of(person: Person) -> dict[str, str]:
    found = {name: person.client.get_cookie(name) for name in COOKIES}
    return {name: cookie.value for name, cookie in found.items() if cookie}
