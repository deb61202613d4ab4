"""E-mail addresses: what is accepted and when two are the same (RFC 5321, RFC 5891)."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

LONGEST_LOCAL_PART = 64
LONGEST = 254


class BadEmail(ValueError):
    """Not an address that mail can be sent to; the message is for the visitor."""


def parse(text: str) -> tuple[str, str]:
    """Read an address typed by a person.

    Args:
        text: the address, possibly with blanks around it.

    Returns:
        The address as mail is sent to it (domain as A-label), and its canonical form (all in lower
        case), which decides whether two addresses are the same.

    Raises:
        BadEmail: with a sentence for the visitor.
    """
    text = text.strip()
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
    if not local.isascii() or not text.partition("@")[0].isascii():
        raise BadEmail("Only plain letters, digits and signs can stand before the @.")
    address = f"{local}@{domain}"
    if len(local) > LONGEST_LOCAL_PART or len(address) > LONGEST:
        raise BadEmail("This email address is too long.")
    return address, address.lower()
