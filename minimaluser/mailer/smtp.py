"""Builds a message (RFC 5322) and hands it to an SMTP server (RFC 5321) over verified TLS."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from email.headerregistry import (
    Address,
    BaseHeader,
    HeaderRegistry,
    UniqueUnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import formatdate

from minimaluser.mailer import contract
from minimaluser.mailer.settings import Settings

SECONDS = 8


class _Whole(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """A header on one line: folded, a long address would be encoded, and no program reads it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", _Whole)
POLICY = SMTP.clone(header_factory=HEADERS)


class Refused(Exception):
    """The message will never be accepted: its address or content is bad."""


class Later(Exception):
    """The message was not accepted this time."""


def build(fields: dict[str, str], mail_from: str) -> EmailMessage:
    """Build a message; its Message-ID is derived from its id, so that a duplicate is recognised.

    Raises:
        Refused: an address is invalid, or there is a line break where none may be.
    """
    message = EmailMessage(policy=POLICY)
    try:
        recipient = Address(addr_spec=fields["to"])
        sender = Address(addr_spec=mail_from)
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = fields["subject"]
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = f"<{fields['id']}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        for name, value in contract.stop_headers(fields.get(contract.UNSUBSCRIBE, "")).items():
            message[name] = value
        message.set_content(fields["text"])
        message.add_alternative(fields["html"], subtype="html")
    except Exception as problem:  # the parser raises ValueError, IndexError and errors of its own
        raise Refused(type(problem).__name__) from None
    return message


def send(message: EmailMessage, settings: Settings) -> None:
    """Hand a message to the server.

    Raises:
        Refused: the server rejected it for good (5xx).
        Later: the server could not be reached, has no TLS, or rejected it for now (4xx).
    """
    try:
        with closing(_connect(settings)) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # the message is accepted, even if this fails
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        raise (Refused if all(code >= 500 for code in codes) else Later)(
            f"recipient {codes}"
        ) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        raise (Refused if refused.smtp_code >= 500 else Later)(str(refused.smtp_code)) from None
    except (smtplib.SMTPException, OSError) as problem:
        raise Later(type(problem).__name__) from None


def _connect(settings: Settings) -> smtplib.SMTP:
    if settings.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
    if settings.scheme == "smtp":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
