"""What the model of the account life is made of: accounts, sessions, links and codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from minimaluser.rules import rules
from tests.flow import DELETED

LEEWAY = timedelta(seconds=30)
CONFIRM, CHANGE = "/confirm/", "/email/confirm/"
UNDO_EMAIL, UNDO_CLOSING = "/email/undo/", "/closing/undo/"
LIFETIMES = {
    CONFIRM: timedelta(hours=24),
    CHANGE: timedelta(hours=2),
    UNDO_EMAIL: timedelta(hours=72),
    UNDO_CLOSING: timedelta(days=7),
}


@dataclass(frozen=True)
class Key:
    """An access key; a first one is good for a week. `text` is read from the mail that has it."""

    text: str
    set_at: datetime
    is_first: bool = False
    is_off: bool = False

    def opens(self, text: str, now: datetime) -> bool:
        in_time = not self.is_first or now < self.set_at + timedelta(days=7)
        return text == self.text and in_time and not self.is_off


@dataclass(eq=False)
class Visit:
    """A session."""

    created: datetime
    seen: datetime
    entered: datetime | None
    wrong: int = 0


@dataclass(eq=False)
class Account:
    email: str
    key: Key
    created: datetime
    confirmed: bool = False
    closed: datetime | None = None
    pending: str | None = None
    nickname: str = ""  # none of our choice
    visits: list[Visit] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    generation: int = 0  # raised when browsers stop being known

    @property
    def state(self) -> str:
        """The name that `docs/flow.toml` has for how far it has come."""
        if self.closed:
            return DELETED
        if self.confirmed:
            return "moving" if self.pending else "confirmed"
        return "waiting" if self.pending else "unconfirmed"


@dataclass(frozen=True)
class Mark:
    """A mark that makes a browser a known one of an account."""

    account: Account
    generation: int
    made: datetime

    def is_good(self, account: Account | None, now: datetime) -> bool:
        fresh = now < self.made + rules.known_browser
        return account is self.account and self.generation == account.generation and fresh


@dataclass(eq=False)
class Link:
    """What a mail carries; `email` and, for a move, `key` are what it puts in force."""

    kind: str
    account: Account
    made: datetime
    number: int
    email: str = ""
    key: Key | None = None
    nickname: str = ""
    gone: bool = False
    path: str = ""

    def is_good(self, now: datetime) -> bool:
        return not self.gone and now < self.made + LIFETIMES[self.kind] + LEEWAY


@dataclass(eq=False)
class Code:
    account: Account | None
    browser: str
    path: str
    digits: str
    made: datetime
    tries: int = 0
    gone: bool = False
    link: str = ""


@dataclass
class Mailed:
    """A mail with a link, a key, or both."""

    to: str
    link: Link
    key_of: Link | Account | None = None
