"""What is stored: columns and the rules that a row can tell about itself."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from minimaluser import config
from minimaluser.lib import clock
from minimaluser.models.base import Model, Moment, owner
from minimaluser.models.event import Event as Event


class User(Model, UserMixin):
    """Somebody with an account. `user_token` is set by whoever loads or logs in the user."""

    __tablename__ = "users"
    __allow_unmapped__ = True  # for the attributes of this request below
    __table_args__ = ({"sqlite_autoincrement": True},)  # an id is never given twice

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(config.EMAIL_MAX_LENGTH))
    email_key: Mapped[str] = mapped_column(String(config.EMAIL_MAX_LENGTH), unique=True)
    nickname: Mapped[str] = mapped_column(String(config.NICKNAME_MAX_LENGTH))
    nickname_key: Mapped[str] = mapped_column(String(config.NICKNAME_MAX_BYTES), unique=True)
    key_hash: Mapped[str] = mapped_column(String(128))
    key_is_first: Mapped[bool] = mapped_column(default=True)
    key_set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    key_off_at: Mapped[datetime | None] = mapped_column(Moment)  # opens nothing until a reset
    generation: Mapped[int] = mapped_column(default=0)  # raised when what was given before ends
    pending_email: Mapped[str | None] = mapped_column(String(config.EMAIL_MAX_LENGTH))
    tile_seed: Mapped[str] = mapped_column(String(16))
    tile_colour: Mapped[str] = mapped_column(String(7))
    tile_name: Mapped[str] = mapped_column(String(36), unique=True)
    tile_svg: Mapped[str | None] = mapped_column(Text)  # until the storage holds the file
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment, index=True)  # an empty row since
    signup_browser: Mapped[str] = mapped_column(String(64), default="")  # a double click is one

    sessions: Mapped[list[Session]] = relationship(back_populates="user", passive_deletes="all")

    user_token: str = ""
    session: Session | None = None  # the one of this request
    is_mailed: bool = True  # after signing up: whether the mail went out

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
        return self.key_set_at + config.FIRST_KEY_LIFETIME if self.key_is_first else None

    @property
    def key_is_good(self) -> bool:
        in_time = not self.key_is_first or clock.now() < self.key_set_at + config.FIRST_KEY_LIFETIME
        return in_time and self.key_off_at is None


class Session(Model):
    """One browser that is logged in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner()
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    keep: Mapped[bool] = mapped_column(default=False)
    browser: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    key_entered_at: Mapped[datetime | None] = mapped_column(Moment)
    wrong_keys: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(back_populates="sessions")

    @property
    def is_alive(self) -> bool:
        idle = config.SESSION_IDLE if self.keep else config.SESSION_IDLE_BRIEF
        moment = clock.now()
        return moment < self.seen_at + idle and moment < self.created_at + config.SESSION_ABSOLUTE

    @property
    def key_is_recent(self) -> bool:
        entered = self.key_entered_at
        return entered is not None and clock.now() < entered + config.RECENT_KEY


class Token(Model):
    """A link in a mail that is still good; `email` and `key_…` are what it puts in force.

    `sealed` is what it puts in force, too, but only the link itself can open it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner()
    purpose: Mapped[str] = mapped_column(String(20))
    id_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(config.EMAIL_MAX_LENGTH))
    key_hash: Mapped[str | None] = mapped_column(String(128))
    key_is_first: Mapped[bool | None]
    key_set_at: Mapped[datetime | None] = mapped_column(Moment)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    before: Mapped[bytes | None] = mapped_column(LargeBinary)  # what there was when it moved away
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Code(Model):
    """A six-digit code somebody asked for; without a user for an address nobody has."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    flow_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_good(self) -> bool:
        return self.used_at is None and clock.now() < self.expires_at


class Hit(Model):
    """Something counted for a limit; `key` is a keyed hash of what was done and who did it."""

    __table_args__ = (Index("ix_hit_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(String(16), index=True)  # hits counted together share it
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Photo(Model):
    """A picture of the album; `file` names it in the storage, without size and format."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    caption: Mapped[str] = mapped_column(String(200))
    alt: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(String(80), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    sequence: Mapped[int] = mapped_column(index=True)
    is_on_air: Mapped[bool] = mapped_column(default=True)
    is_on_home: Mapped[bool] = mapped_column(default=False)


WAITING, DONE, DEAD = "waiting", "done", "dead"  # states of a row of the outbox


class OutboxItem(Model):
    """Something to be done after the commit: a mail to send, a file to store or remove."""

    __table_args__ = (UniqueConstraint("kind", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(36))
    mail_class: Mapped[str] = mapped_column(String(10), default="")  # of a mail, see `mail`
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # wiped once done or dead
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
