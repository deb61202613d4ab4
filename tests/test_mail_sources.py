"""Where tests read mails: an IMAP account and an SMTP catcher give the same as the mailbox."""

from __future__ import annotations

import imaplib
import smtplib
from email.message import EmailMessage
from typing import Any, ClassVar

import pytest

from minimaluser.testing.mail_sources import Catcher, parsed, source
from minimaluser.testing.mailbox import Mail, Mailbox
from minimaluser.testing.processes import free_port

LINK = "https://mu.example/confirm/abc"
TEXT = f"Hello.\n\nabcde-fghij-kmnpq-rstuv\n\n{LINK}\n\n123456\n"


def written(to: str = "eve@example.org", subject: str = "Confirm — now") -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Message-ID"] = f"Eve <{to}>", subject, f"<{subject[:3]}@x>"
    mail["From"] = "site@mu.example"
    mail.set_content(TEXT)
    mail.add_alternative(f"<p>Hello. <a href='{LINK}'>Confirm</a></p>", subtype="html")
    return mail


def test_a_mail_as_it_comes_over_the_wire_is_read() -> None:
    mail = parsed(bytes(written()))
    assert (mail.to, mail.subject) == ("eve@example.org", "Confirm — now")
    assert (mail.key, mail.code, mail.link) == ("abcde-fghij-kmnpq-rstuv", "123456", LINK)
    assert mail.links == [LINK]
    assert mail.path("/confirm/") == "/confirm/abc"
    assert "<p>Hello." in mail.html


def test_what_a_mail_does_not_have_is_named() -> None:
    mail = Mail("1", "eve@example.org", "Hello", "nothing")
    for name in ("key", "code", "link"):
        with pytest.raises(AssertionError, match=f"“Hello” to eve@example.org has no {name}"):
            getattr(mail, name)


class Account:
    """An IMAP account as `imaplib` has one, with two mails."""

    asked: ClassVar[list[Any]] = []

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.asked.append((host, port))

    def __enter__(self) -> Account:
        return self

    def __exit__(self, *_reason: object) -> None:
        self.asked.append("closed")

    def login(self, user: str, password: str) -> None:
        self.asked.append((user, password))

    def select(self, folder: str, readonly: bool) -> None:
        self.asked.append((folder, readonly))

    def search(self, _charset: None, _what: str) -> Any:
        return "OK", [b"1 2"]

    def fetch(self, number: bytes, _what: str) -> Any:
        return "OK", [(b"1 (RFC822", bytes(written(subject=f"Mail {number.decode()}"))), b")"]


def test_an_imap_account_is_read_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaplib, "IMAP4_SSL", Account)
    mails = Mailbox(source("imaps://eve%40x:pass%2Fword@mail.example/Tests"))
    assert [mail.subject for mail in mails.read()] == ["Mail 2", "Mail 1"]
    assert mails.newest_to("eve@example.org", "Mail 1").code == "123456"
    assert Account.asked[:4] == [
        ("mail.example", 993),
        ("eve@x", "pass/word"),
        ("Tests", True),
        "closed",
    ]


def test_what_is_sent_to_the_catcher_is_read() -> None:
    catcher = Catcher("127.0.0.1", port := free_port())
    try:
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(written(), to_addrs=["eve@example.org", "bob@example.org"])
            server.send_message(written(subject="Newer"), to_addrs=["eve@example.org"])
        box = Mailbox(catcher.read)
        assert [mail.subject for mail in box.to("eve@example.org")] == ["Newer", "Confirm — now"]
        assert box.newest_to("bob@example.org").link == LINK
    finally:
        catcher.stop()


def test_an_address_that_is_no_mailbox_is_refused() -> None:
    with pytest.raises(ValueError, match="imap"):
        source("pop3://mail.example")
