"""The mails of a site as a person reads them: the newest one, its link, its key, its code."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields
from typing import Any

import requests

from minimaluser.testing.patterns import CODE, KEY, first, path_of

PAUSE_SECONDS = 0.2
ALONE = re.compile(r"^(https?://\S+)$", re.MULTILINE)

Wanted = re.Pattern[str] | str  # a pattern in the text, or the start of a link's path


@dataclass(frozen=True)
class Mail:
    """A mail as it left the site."""

    id: str
    to: str
    subject: str
    text: str
    html: str = ""
    links: list[str] = field(default_factory=list)
    created_at: str = ""

    def path(self, start: str) -> str:
        """Return the path of the link that starts so, or nothing."""
        return next((path for path in map(path_of, self.links) if path.startswith(start)), "")

    @property
    def key(self) -> str:
        """The access key on a line of its own. Raises AssertionError if there is none."""
        return self._must("key", first(KEY, self.text))

    @property
    def code(self) -> str:
        """The code on a line of its own. Raises AssertionError if there is none."""
        return self._must("code", first(CODE, self.text))

    @property
    def link(self) -> str:
        """The link on a line of its own. Raises AssertionError if there is none."""
        return self._must("link", first(ALONE, self.text))

    def _must(self, what: str, found: str) -> str:
        assert found, f"the mail “{self.subject}” to {self.to} has no {what}:\n{self.text}"
        return found

    def has(self, what: Wanted) -> bool:
        """Tell whether it has such a text, or a link that starts so."""
        return bool(self.path(what) if isinstance(what, str) else what.search(self.text))


def from_json(given: list[dict[str, Any]]) -> list[Mail]:
    """Return the mails that the site's own mailbox shows."""
    names = [each.name for each in fields(Mail)]
    return [Mail(**{name: each[name] for name in names if name in each}) for each in given]


def at(url: str) -> Callable[[], list[Mail]]:
    """Return what reads the mailbox at an address, as JSON."""

    def read() -> list[Mail]:
        answer = requests.get(url, timeout=30)
        answer.raise_for_status()
        return from_json(answer.json())

    return read


class Mailbox:
    """All mails of a site.

    Args:
        read: returns them, newest first.
        patience: how many seconds a mail may take.
    """

    def __init__(self, read: Callable[[], list[Mail]], patience: float = 0.0) -> None:
        self.read, self.patience = read, patience

    def to(self, email: str, about: str = "") -> list[Mail]:
        """Return the mails to an address whose subject has these words, newest first."""
        mails = [mail for mail in self.read() if mail.to.lower() == email.lower()]
        return [mail for mail in mails if about in mail.subject]

    def wait(
        self, email: str, what: Wanted = "", older: Collection[str] = (), about: str = ""
    ) -> Mail:
        """Return the newest mail to an address that has what is looked for.

        Args:
            email: to whom.
            what: a pattern in its text, or the start of a link's path.
            older: ids of mails that were there before and do not count.
            about: words in its subject.

        Raises:
            AssertionError: none came in time.
        """
        end = time.monotonic() + self.patience
        while True:
            for mail in self.to(email, about):
                if mail.id not in older and (not what or mail.has(what)):
                    return mail
            if time.monotonic() >= end:
                wanted = what if isinstance(what, str) else what.pattern
                raise AssertionError(f"no mail to {email} about “{about}” has {wanted or 'come'}")
            time.sleep(PAUSE_SECONDS)

    def newest_to(self, email: str, about: str = "") -> Mail:
        """Return the newest mail whose subject has these words."""
        return self.wait(email, about=about)

    def key_to(self, email: str) -> str:
        """Return the access key in the newest mail that has one."""
        return self.wait(email, KEY).key

    def code_to(self, email: str) -> str:
        """Return the code in the newest mail that has one."""
        return self.wait(email, CODE).code

    def link_to(self, email: str, about: str = "") -> str:
        """Return the link that stands alone on a line of the newest mail with such a subject."""
        return self.wait(email, ALONE, about=about).link
