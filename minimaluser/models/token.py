"""Links in mails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import emails
from minimaluser.models.base import HASHED, LETS_IN, SEALED, Model, Moment, owner, personal


class Token(Model):
    """A link in a mail that is still good; `email` and `key_…` are what it puts in force.

    `sealed` is what it puts in force, too, but only the link itself can open it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner(
        why="One row for each link in a mail that is still good. The link itself is not stored.",
        lasts="until the link is used or void, at most {confirm} if it confirms an address,"
        " {change_email} if it moves the account to a new one, {undo_email} if it undoes a move,"
        " {undo_closing} if it undoes a closing",
        ends=f"{LETS_IN}; only the link that undoes the closing stays",
    )
    purpose: Mapped[str] = personal(String(20), why="what the link is for")
    id_hash: Mapped[str] = personal(
        String(64), unique=True, why="the name of the link, to know it again", secret=HASHED
    )
    email: Mapped[str | None] = personal(
        String(emails.LONGEST), why="the address that the link puts in force: a new or an old one"
    )
    key_hash: Mapped[str | None] = personal(
        String(128), why="the access key that comes with a new address", secret=HASHED
    )
    key_is_first: Mapped[bool | None] = personal(why="whether that key is a first key")
    key_set_at: Mapped[datetime | None] = personal(Moment, why="when that key was set")
    sealed: Mapped[bytes | None] = personal(
        LargeBinary,
        why="all that comes back with a closed account; only the link in the goodbye mail opens it",
        secret=SEALED,
    )
    before: Mapped[bytes | None] = personal(
        LargeBinary,
        why="what belonged to the account when it moved to another address, which undoing the move"
        " brings back",
        secret=SEALED,
    )
    expires_at: Mapped[datetime] = personal(Moment, index=True, why="until when the link is good")
