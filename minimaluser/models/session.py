"""Browsers that are logged in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from minimaluser.lib import clock
from minimaluser.models.base import HASHED, LETS_IN, Model, Moment, owner, personal
from minimaluser.rules import rules

if TYPE_CHECKING:
    from minimaluser.models.user import User


class Session(Model):
    """One browser that is logged in. `number` is set by `accounts.list_sessions`."""

    __allow_unmapped__ = True
    __table_args__ = (Index("ix_session_keep_seen_at", "keep", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner(
        why="One row for each browser that is logged in, which keeps it so; its owner sees it on"
        " the profile and can end it.",
        lasts="until the log-out; {session_idle} without use ({session_idle_brief} without “Keep"
        " me logged in”), {session_absolute} at most",
        ends=LETS_IN,
    )
    secret_hash: Mapped[str] = personal(
        String(64),
        unique=True,
        why="the secret in the cookie of this browser, to know it again",
        secret=HASHED,
    )
    keep: Mapped[bool] = personal(default=False, why="whether “Keep me logged in” was ticked")
    browser: Mapped[str] = personal(
        String(60), default="", why="the browser in words, such as “Firefox on Android”"
    )
    network: Mapped[str] = personal(
        String(45), default="", why="the network address without its last part"
    )
    created_at: Mapped[datetime] = personal(
        Moment, default=clock.now, index=True, why="when it was logged in: the session runs out"
    )
    seen_at: Mapped[datetime] = personal(
        Moment, default=clock.now, why="when it was last used: an idle session runs out"
    )
    key_entered_at: Mapped[datetime | None] = personal(
        Moment, why="when the key was last entered, which is asked for again before serious things"
    )
    wrong_keys: Mapped[int] = personal(
        default=0, why="how often the key was entered wrongly; too often ends the session"
    )

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
