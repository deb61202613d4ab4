"""What is stored: columns and the rules that a row can tell about itself."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from minimaluser.lib import clock, emails
from minimaluser.models import exempt
from minimaluser.models.base import Model, Moment, owner
from minimaluser.models.event import Event as Event
from minimaluser.rules import rules


class User(Model, UserMixin):
    """Somebody with an account. `user_token` is set by whoever loads or logs in the user."""

    __tablename__ = "users"
    __allow_unmapped__ = True  # for the attributes of this request below
    __table_args__ = ({"sqlite_autoincrement": True},)  # an id is never given twice

    id: Mapped[int] = mapped_column(primary_key=True, info=exempt.ID)
    email: Mapped[str] = mapped_column(String(emails.LONGEST), info=exempt.BY_LINK)
    email_key: Mapped[str] = mapped_column(String(emails.LONGEST), unique=True, info=exempt.BY_LINK)
    nickname: Mapped[str] = mapped_column(String(rules.nickname.longest))
    nickname_key: Mapped[str] = mapped_column(String(rules.nickname.most_bytes), unique=True)
    key_hash: Mapped[str] = mapped_column(String(128), info=exempt.BY_LINK | exempt.HASHED)
    key_is_first: Mapped[bool] = mapped_column(default=True, info=exempt.BY_LINK)
    key_set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, info=exempt.BY_LINK)
    # opens nothing until a reset
    key_off_at: Mapped[datetime | None] = mapped_column(Moment, info=exempt.OFF)
    # raised when what was given before ends
    generation: Mapped[int] = mapped_column(default=0, info=exempt.COUNTED)
    pending_email: Mapped[str | None] = mapped_column(String(emails.LONGEST), info=exempt.PENDING)
    tile_seed: Mapped[str] = mapped_column(String(16))
    tile_colour: Mapped[str] = mapped_column(String(7))
    tile_name: Mapped[str] = mapped_column(String(36), unique=True, info=exempt.FILE)
    tile_svg: Mapped[str | None] = mapped_column(Text, info=exempt.FILE)  # until it is stored
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment, info=exempt.DISABLED)
    # an empty row since
    closed_at: Mapped[datetime | None] = mapped_column(Moment, index=True, info=exempt.CLOSED)
    # a double click is one
    signup_browser: Mapped[str] = mapped_column(
        String(64), default="", info=exempt.LOGS_IN | exempt.HASHED
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


class Session(Model):
    """One browser that is logged in. `number` is set where it is listed, see `session_list`."""

    __allow_unmapped__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner(exempt.LOGS_IN)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True, info=exempt.HASHED)
    keep: Mapped[bool] = mapped_column(default=False)
    browser: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    key_entered_at: Mapped[datetime | None] = mapped_column(Moment)
    wrong_keys: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(back_populates="sessions")

    number: int = 0

    @property
    def is_alive(self) -> bool:
        idle = rules.session_idle if self.keep else rules.session_idle_brief
        moment = clock.now()
        return moment < self.seen_at + idle and moment < self.created_at + rules.session_absolute

    @property
    def key_is_recent(self) -> bool:
        entered = self.key_entered_at
        return entered is not None and clock.now() < entered + rules.recent_key


class Token(Model):
    """A link in a mail that is still good; `email` and `key_…` are what it puts in force.

    `sealed` is what it puts in force, too, but only the link itself can open it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner(exempt.LOGS_IN)
    purpose: Mapped[str] = mapped_column(String(20))
    id_hash: Mapped[str] = mapped_column(String(64), unique=True, info=exempt.HASHED)
    email: Mapped[str | None] = mapped_column(String(emails.LONGEST))
    key_hash: Mapped[str | None] = mapped_column(String(128), info=exempt.HASHED)
    key_is_first: Mapped[bool | None]
    key_set_at: Mapped[datetime | None] = mapped_column(Moment)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=exempt.SEALED)
    # what there was when it moved away
    before: Mapped[bytes | None] = mapped_column(LargeBinary, info=exempt.SEALED)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Code(Model):
    """A code somebody asked for; without a user for an address nobody has."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True, info=exempt.LOGS_IN
    )
    flow_hash: Mapped[str] = mapped_column(String(64), unique=True, info=exempt.HASHED)
    browser_hash: Mapped[str] = mapped_column(String(64), info=exempt.HASHED)
    digest: Mapped[str] = mapped_column(String(64), info=exempt.HASHED)
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


WAITING, DONE, DEAD = "waiting", "done", "dead"  # states of a row of the outbox


class OutboxItem(Model):
    """Something to be done after the commit: a mail to send, a file to store or remove."""

    __table_args__ = (UniqueConstraint("kind", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, info=exempt.TO_DO
    )
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(36))
    mail_class: Mapped[str] = mapped_column(String(10), default="")  # of a mail, see `mail`
    urgency: Mapped[int] = mapped_column(
        default=50, info=exempt.OF_THE_WORKER
    )  # what is lower is done first
    # wiped once done or dead
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=exempt.SEALED)
    state: Mapped[str] = mapped_column(String(10), default=WAITING, info=exempt.OF_THE_WORKER)
    tries: Mapped[int] = mapped_column(default=0, info=exempt.OF_THE_WORKER)
    problem: Mapped[str] = mapped_column(String(200), default="", info=exempt.OF_THE_WORKER)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(
        Moment, default=clock.now, index=True, info=exempt.OF_THE_WORKER
    )
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment, info=exempt.OF_THE_WORKER)
