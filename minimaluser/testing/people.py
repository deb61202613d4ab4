"""People: what they do at the site, whatever their browser is, and how far they have come."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

from minimaluser.testing.mailbox import Mail, Mailbox, Wanted
from minimaluser.testing.patterns import CODE, KEY, first

OWN_KEY = "seven blue kettles sing at dawn"
NEW_KEY = "nine green lamps hum by the sea"


class Answer(Protocol):
    """What came back for a form."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...


A = TypeVar("A", bound=Answer)
A_co = TypeVar("A_co", bound=Answer, covariant=True)


class Browser(Protocol[A_co]):
    """What somebody sits at."""

    def fill_in(self, path: str, form: Mapping[str, Any], *, page: str = "") -> A_co:
        """Fill in the form that posts to an address, and send it.

        Args:
            path: where it is sent to.
            form: what is typed, by the names of the fields.
            page: where the form stands, if not at the address itself.
        """


class Person(Generic[A]):
    """An address, a key, a mailbox, and the browser that this person sits at.

    Args:
        browser: sends forms; a subclass that is a browser itself says so.
        mailbox: all mails of the site.
        email, key: what they log in with.

    `pending` is the address that they have asked to move to, if they have.
    """

    pending = ""

    def __init__(self, browser: Browser[A], mailbox: Mailbox, email: str, key: str = "") -> None:
        self.browser, self.mailbox = browser, mailbox
        self.email, self.key = email, key

    def fill_in(self, path: str, form: Mapping[str, Any], *, page: str = "") -> A:
        """Fill in a form in this browser (`Browser.fill_in`)."""
        return self.browser.fill_in(path, form, page=page)

    def must(self, answer: A) -> A:
        """Insist that a form was accepted, and return the answer."""
        assert answer.status_code == 303, f"{self.email} got {answer.status_code}, not 303"
        return answer

    # --- an account, from its first day to its last

    def sign_up(self) -> Any:
        """Sign up, be logged in, and remember the key of the mail."""
        self.must(self.fill_in("/signup", {"email": self.email}))
        self.key = self.mailed(KEY)

    def confirm(self) -> None:
        """Press the button behind the newest link for confirming."""
        self.must(self.fill_in(self.link("/confirm/"), {}))

    def log_in(self, key: str | None = None, **more: str) -> A:
        form = {"email": self.email, "key": self.key if key is None else key, **more}
        return self.fill_in("/login", form)

    def log_out(self) -> A:
        return self.must(self.fill_in("/logout", {}, page="/profile"))

    def accept_cookies(self) -> A:
        """Answer the cookie banner, so that it is out of the way."""
        return self.must(self.fill_in("/cookies", {}))

    def enter_key(self) -> A:
        return self.must(self.fill_in("/key-entry", {"current_key": self.key}))

    def try_key(self, key: str) -> A:
        """Choose another key, which may be refused."""
        form = {"current_key": self.key, "new_key": key, "confirm_key": key}
        answer = self.fill_in("/profile/key", form)
        if answer.status_code == 303:
            self.key = key
        return answer

    def choose_key(self, key: str = OWN_KEY) -> A:
        return self.must(self.try_key(key))

    def ask_to_move(self, email: str) -> A:
        """Ask for another e-mail address; the key is sent along in case it is asked for."""
        answer = self.fill_in("/profile/email", {"email": email, "current_key": self.key})
        self.pending = email if answer.status_code == 303 else self.pending
        return answer

    def move(self, email: str) -> A:
        """Move to another e-mail address, where a key comes with a link, and remember both."""
        self.must(self.ask_to_move(email))
        answer = self.must(self.fill_in(self.link("/email/confirm/", email), {}))
        self.email, self.key, self.pending = email, self.mailed(KEY, email), ""
        return answer

    def leave(self) -> A:
        """Delete the account."""
        return self.must(self.fill_in("/profile/delete", {"current_key": self.key}))

    # --- a forgotten key

    def ask_for_code(self, email: str = "") -> tuple[str, str]:
        """Ask for a code; return the address to use it at, and the code ('' if none was sent)."""
        email = email or self.email
        older = {mail.id for mail in self.mails(email)}
        answer = self.must(self.fill_in("/forgot-key", {"email": email}))
        code = ""
        with suppress(AssertionError):
            code = first(CODE, self.mailbox.wait(email, CODE, older).text)
        return str(answer.headers.get("Location", "")), code

    def use_code(self, address: str, code: str, key: str = NEW_KEY) -> A:
        return self.fill_in(address, {"code": code, "new_key": key, "confirm_key": key})

    def reset_key(self, key: str = "a brand new key by mail") -> None:
        """Set a new key by the code in the mail; remembered, not logged in with."""
        self.must(self.use_code(*self.ask_for_code(), key))
        self.key = key

    # --- the mailbox

    def mails(self, email: str = "") -> list[Mail]:
        """The mails to this person, newest first."""
        return self.mailbox.to(email or self.email)

    def mailed(self, pattern: re.Pattern[str], email: str = "") -> str:
        """What stands alone on a line of the newest mail that has such a line."""
        return first(pattern, self.mailbox.wait(email or self.email, pattern).text)

    def mail_after(self, what: Wanted, deed: Callable[[], Any], to: str = "") -> Mail:
        """Do something that sends a mail, and return that mail."""
        older = {mail.id for mail in self.mails(to)}
        deed()
        return self.mailbox.wait(to or self.email, what, older)

    def link(self, start: str, email: str = "") -> str:
        """The path of the newest link that starts so."""
        return self.mailbox.wait(email or self.email, start).path(start)
