"""Somebody with an account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_login import UserMixin
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from minimaluser.lib import clock, emails
from minimaluser.models.base import HASHED, LETS_IN, Model, Moment, about, personal
from minimaluser.rules import rules

if TYPE_CHECKING:
    from minimaluser.models.session import Session

BY_LINK = "the link that undoes a closing or a move knows the address by itself"
NEW_KEY = "an undo asks for a new key, since whoever closed the account may know this one"
DRAWN = "the file goes, and a name is never given twice; the tile is drawn again from its seed"


class User(Model, UserMixin):
    """Somebody with an account. `user_token` is set by whoever loads or logs in the user."""

    __tablename__ = "users"
    __allow_unmapped__ = True  # for the attributes of this request below
    __table_args__ = (
        {  # an id is never given twice
            "sqlite_autoincrement": True,
            **about(
                "One row for each account: what lets its owner in, and how the site addresses"
                " them.",
                lasts="until the account is closed, and then, empty, for {undo_closing}; or for"
                " {unconfirmed} if its address is never confirmed",
            ),
        },
    )

    id: Mapped[int] = personal(
        primary_key=True,
        why="a number, by which the rows of other tables say whose they are",
        kept="what is left refers to it, and a number is never given twice",
    )
    email: Mapped[str] = personal(
        String(emails.LONGEST),
        why="the e-mail address: logging in, confirming, recovering, notices",
        ends=BY_LINK,
    )
    email_key: Mapped[str] = personal(
        String(emails.LONGEST),
        unique=True,
        why="the same address in the form in which two are compared",
        ends=BY_LINK,
    )
    nickname: Mapped[str] = personal(
        String(rules.nickname.longest),
        why="addressing its owner on the pages, and in mails to a confirmed address",
    )
    nickname_key: Mapped[str] = personal(
        String(rules.nickname.most_bytes),
        unique=True,
        why="the same nickname in the form in which two are compared",
    )
    key_hash: Mapped[str] = personal(
        String(128), why="the access key (Argon2id): logging in", ends=NEW_KEY, secret=HASHED
    )
    key_is_first: Mapped[bool] = personal(
        default=True,
        why="whether the key is a first key, which we have mailed and which works for {first_key}",
        ends=NEW_KEY,
    )
    key_set_at: Mapped[datetime] = personal(
        Moment, default=clock.now, why="when the key was set: a first key expires", ends=NEW_KEY
    )
    key_off_at: Mapped[datetime | None] = personal(
        Moment,
        why="since when the key opens nothing until a new one is set by mail",
        kept="a key that opens nothing must not open anything after an undo",
    )
    generation: Mapped[int] = personal(
        default=0,
        why="a count that is raised when what was given out before must end",
        kept="what was given out before has ended for good, so the count never goes back",
    )
    pending_email: Mapped[str | None] = personal(
        String(emails.LONGEST),
        why="the address that its owner has asked to move to",
        lasts="until the move is confirmed, undone or void",
        ends="a move that was asked for is void",
    )
    tile_seed: Mapped[str] = personal(
        String(16), why="a random value from which the tile, a drawing, is made"
    )
    tile_colour: Mapped[str] = personal(String(7), why="the colour of the tile")
    tile_name: Mapped[str] = personal(
        String(36),
        unique=True,
        why="the random name of the tile's file, `tiles/<name>.svg` in the storage, which whoever"
        " knows the name can fetch",
        lasts="until the tile is drawn anew; the file goes soon after, by the worker",
        ends=DRAWN,
    )
    tile_svg: Mapped[str | None] = personal(
        Text, why="the drawing", lasts="until the storage has it", ends=DRAWN
    )
    created_at: Mapped[datetime] = personal(
        Moment,
        default=clock.now,
        why="when the account was made: an unconfirmed one runs out",
    )
    confirmed_at: Mapped[datetime | None] = personal(
        Moment, why="when the address was confirmed, which opens more of the site"
    )
    disabled_at: Mapped[datetime | None] = personal(
        Moment,
        why="since when an operator keeps the account shut",
        kept="what was decided about an account is not undone by leaving",
    )
    closed_at: Mapped[datetime | None] = personal(
        Moment,
        why="since when the account is closed and its row empty",
        kept="it tells when the empty row goes, too",
    )
    signup_browser: Mapped[str] = personal(
        String(64),
        default="",
        why="a random value of the browser that signed up: a double click is one sign-up",
        ends=LETS_IN,
        secret=HASHED,
    )

    sessions: Mapped[list[Session]] = relationship(back_populates="user", passive_deletes="all")

    user_token: str = ""
    session: Session | None = None  # the one of this request

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie: the user token."""
        return self.user_token

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def key_expires_at(self) -> datetime | None:
        return self.key_set_at + rules.first_key if self.key_is_first else None

    @property
    def key_is_good(self) -> bool:
        in_time = not self.key_is_first or clock.now() < self.key_set_at + rules.first_key
        return in_time and self.key_off_at is None


IS_UNCONFIRMED = User.confirmed_at.is_(None) & User.closed_at.is_(None)
Index(
    "ix_users_unconfirmed",
    User.created_at,
    sqlite_where=IS_UNCONFIRMED,
    postgresql_where=IS_UNCONFIRMED,
)
_IS_CLOSED = User.closed_at.is_not(None)  # else SQLite would use it to find open accounts
Index("ix_users_closed", User.closed_at, sqlite_where=_IS_CLOSED, postgresql_where=_IS_CLOSED)
