"""The mailbox of the site, as JSON over HTTP: what /dev/mailbox.json shows."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.abuse.attack import Failed

KEY = re.compile(r"^([a-z2-9]{5}(?:-[a-z2-9]{5}){3})$", re.MULTILINE)
CODE = re.compile(r"^(\d{6})$", re.MULTILINE)
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
PAUSE = 0.2


@dataclass
class Mail:
    """A mail as it left the site."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    links: list[str]

    def path(self, start: str) -> str:
        """Return the path of the link that starts so, or nothing."""
        paths = [urlsplit(link).path for link in self.links]
        return next((path for path in paths if path.startswith(start)), "")


class Mailbox:
    """Mails, newest first, of a JSON address."""

    def __init__(self, url: str, patience: float) -> None:
        self.url, self.patience = url, patience

    def all(self) -> list[Mail]:
        answer = requests.get(self.url, timeout=30)
        answer.raise_for_status()
        return [_mail(each) for each in answer.json()]

    def to(self, email: str) -> list[Mail]:
        return [mail for mail in self.all() if mail.to.lower() == email.lower()]

    def wait(self, email: str, what: re.Pattern[str] | str, older: frozenset[str]) -> Mail:
        """Return the newest mail that has what is looked for, and is none of `older`.

        Args:
            email: to whom.
            what: a pattern in its text, or the start of a link's path.
            older: ids of mails that were there before.

        Raises:
            Failed: none came in time.
        """
        end = time.monotonic() + self.patience
        while True:
            for mail in self.to(email):
                if mail.id not in older and _has(mail, what):
                    return mail
            if time.monotonic() > end:
                wanted = what if isinstance(what, str) else what.pattern
                raise Failed(f"no mail with {wanted} came to {email}")
            time.sleep(PAUSE)


def _has(mail: Mail, what: re.Pattern[str] | str) -> bool:
    return bool(mail.path(what)) if isinstance(what, str) else bool(what.search(mail.text))


def _mail(given: dict[str, Any]) -> Mail:
    names = ("id", "to", "subject", "text", "html", "links")
    return Mail(**{name: given[name] for name in names})
