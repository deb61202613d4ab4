"""The mailbox as a person reads it: the newest mail to an address, its link, its key, its code."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import APIRequestContext

KEY = re.compile(r"^([a-z2-9]{5}(?:-[a-z2-9]{5}){3})$", re.MULTILINE)
CODE = re.compile(r"^(\d{6})$", re.MULTILINE)


class Mailbox:
    """All mail the site has sent; every test looks at addresses of its own."""

    def __init__(self, requests: APIRequestContext) -> None:
        self._requests = requests

    def mails_to(self, email: str) -> list[dict[str, Any]]:
        """Return the mails to an address, newest first."""
        mails = self._requests.get("/dev/mailbox.json").json()
        return [mail for mail in mails if mail["to"] == email]

    def newest_to(self, email: str, about: str = "") -> dict[str, Any]:
        """Return the newest mail whose subject has these words."""
        for mail in self.mails_to(email):
            if about in mail["subject"]:
                return mail
        raise AssertionError(f"no mail about “{about}” to {email}")

    def key_to(self, email: str) -> str:
        """Return the access key in the newest mail that has one."""
        return self._line(email, KEY)

    def code_to(self, email: str) -> str:
        """Return the code in the newest mail that has one."""
        return self._line(email, CODE)

    def link_to(self, email: str, about: str = "") -> str:
        """Return the link that stands alone on a line of the newest mail with such a subject."""
        text = self.newest_to(email, about)["text"]
        found = re.search(r"^(https?://\S+)$", text, re.MULTILINE)
        assert found, f"no link in:\n{text}"
        return found[1]

    def _line(self, email: str, pattern: re.Pattern[str]) -> str:
        for mail in self.mails_to(email):
            if found := pattern.search(mail["text"]):
                return found[1]
        raise AssertionError(f"no mail to {email} has a line like {pattern.pattern}")
