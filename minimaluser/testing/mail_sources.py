"""Where tests read the mails of a site: its built-in mailbox, an IMAP account, an SMTP catcher."""

from __future__ import annotations

import email
import email.policy
import imaplib
import re
import threading
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from functools import partial
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from minimaluser.testing.mailbox import Mail, at

URL = re.compile(r"https?://[^\s<>\"]+")
NEWEST = 50  # mails that are read of an account

Read = Callable[[], list[Mail]]


def source(address: str) -> Read:
    """Return what reads the mails at an address, newest first.

    Args:
        address: `https://…` of a JSON list like that of `/dev/mailbox.json`,
            `imaps://user:password@host/folder` (or `imap://`, without TLS), or
            `smtp://127.0.0.1:port`, where mails are then caught until this program ends.

    Raises:
        ValueError: it is none of these.
    """
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"}:
        return at(address)
    if parts.scheme in {"imap", "imaps"}:
        return partial(_fetch, parts)
    if parts.scheme == "smtp":
        return Catcher(parts.hostname or "127.0.0.1", parts.port or 25).read
    raise ValueError(f"{address}: mails are read at http(s)://, imap(s):// or smtp://")


def parsed(content: bytes, to: str = "") -> Mail:
    """Return a mail as it comes over the wire; `to` is whom it was sent to, if its head may lie."""
    message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    text, html = (_part(message, kind) for kind in ("plain", "html"))
    return Mail(
        id=str(message["Message-ID"] or hash(content)),
        to=to or str(message["To"].addresses[0].addr_spec if message["To"] else ""),
        subject=str(message["Subject"] or ""),
        text=text,
        html=html,
        links=URL.findall(text),
        created_at=str(message["Date"] or ""),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def _fetch(parts: SplitResult) -> list[Mail]:
    secure = parts.scheme == "imaps"
    host, kind = parts.hostname or "", imaplib.IMAP4_SSL if secure else imaplib.IMAP4
    account = kind(host, parts.port or (993 if secure else 143), timeout=30)
    with account:
        account.login(unquote(parts.username or ""), unquote(parts.password or ""))
        account.select(unquote(parts.path.lstrip("/")) or "INBOX", readonly=True)
        _, (found,) = account.search(None, "ALL")
        numbers = found.split()[-NEWEST:]
        return [parsed(_content(account.fetch(each, "(RFC822)"))) for each in reversed(numbers)]


def _content(answer: tuple[str, Iterable[Any]]) -> bytes:
    return next(bytes(part[1]) for part in answer[1] if isinstance(part, tuple))


class Catcher:
    """An SMTP server on this machine that takes every mail and sends none on."""

    def __init__(self, host: str, port: int) -> None:
        from aiosmtpd.controller import Controller  # which only tests have

        self._lock, self._mails = threading.Lock(), list[Mail]()
        self._controller = Controller(self, hostname=host, port=port)
        self._controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a mail; aiosmtpd calls this."""
        caught = [parsed(envelope.content, recipient) for recipient in envelope.rcpt_tos]
        with self._lock:
            self._mails += caught
        return "250 caught"

    def read(self) -> list[Mail]:
        """Return what was caught, newest first."""
        with self._lock:
            return self._mails[::-1]

    def stop(self) -> None:
        """Take no more."""
        self._controller.stop()
