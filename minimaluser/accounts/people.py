"""Finding people."""

from __future__ import annotations

from sqlalchemy import select

from minimaluser.extensions import db
from minimaluser.lib import emails
from minimaluser.models import User


def by_email(text: str) -> User | None:
    """Return who has this address in force, however it was typed."""
    try:
        _, email_key = emails.parse(text)
    except emails.BadEmail:
        return None
    return db.session.scalar(select(User).where(User.email_key == email_key))
