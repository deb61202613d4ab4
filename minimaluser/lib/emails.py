"""E-mail addresses: what is accepted and when two are the same (RFC 5321, RFC 5891)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

from minimaluser.lib import typed
from minimaluser.lib.text import BadText

LONGEST_LOCAL_PART = 64
LONGEST = 254
MAILTO = "mailto:"
ENCODED = "=?"  # begins an encoded word (RFC 2047), which mail programs may read as other addresses


class BadEmail(BadText):
    """Not an address that mail can be sent to; the message is for the visitor."""


class Email(NamedTuple):
    """An address that was read.

    Attributes:
        address: as mail is sent to it (domain as A-label).
        key: its canonical form, see `same`.
    """

    address: str
    key: str


def parse(text: str | Email) -> Email:
    """Read an address typed by a person; one that was read already is returned as it is.

    Args:
        text: the address, perhaps with what comes along when it is copied (see `_bare`).

    Raises:
        BadEmail: with a sentence for the visitor.
    """
    from email_validator import EmailNotValidError, validate_email  # its patterns take 20 ms

    if isinstance(text, Email) and text.address:
        return text
    text = "" if isinstance(text, Email) else _bare(text)
    if not text:
        raise BadEmail("Please enter your email address.")
    if len(text) > LONGEST:
        raise BadEmail(f"An email address has at most {LONGEST} characters.")
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadEmail(
            "This does not look like an email address, such as ann@example.org."
        ) from None
    local, domain = found.local_part, found.ascii_domain.lower()
    if not local.isascii() or not text.partition("@")[0].isascii() or ENCODED in local:
        raise BadEmail("Only plain letters, digits and signs can stand before the @.")
    address = f"{local}@{domain}"
    if len(local) > LONGEST_LOCAL_PART or len(address) > LONGEST:
        raise BadEmail("This email address is too long.")
    return Email(address, same(address))


def parse_any(text: str | Email) -> Email:
    """Read an address; what is none has an empty one, and a key under which it can be counted."""
    if isinstance(text, Email):
        return text
    try:
        return parse(text)
    except BadEmail:
        return Email("", " " + _bare(text).casefold()[:LONGEST])


def _bare(text: str) -> str:
    """Return an address without `mailto:`, a name beside it, or what stands around it in a text."""
    text = typed.line(text)
    if text.endswith(">") and text.count("<") == 1:
        text = text[text.index("<") + 1 : -1]
    if text.casefold().startswith(MAILTO):
        text = typed.line(unquote(text[len(MAILTO) :].partition("?")[0]))  # RFC 6068
    return typed.strip(text.lstrip("(").rstrip(".,;:!?)"))


def same(address: str) -> str:
    """Return the form of an address from `parse` that decides whether two are the same."""
    return address.lower()
