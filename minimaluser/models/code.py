"""Codes for a forgotten key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import clock
from minimaluser.models.base import HASHED, LETS_IN, Model, Moment, owner, personal


class Code(Model):
    """A code somebody asked for; without a user for an address nobody has."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = owner(
        why="One row for each code that was asked for, to set a new access key; also for the link"
        " in the same mail, which ends with it. Where an address has no account, it is nobody's.",
        lasts="for {code_counted}, since its tries count so long; the code is good for {code}",
        ends=LETS_IN,
    )
    flow_hash: Mapped[str] = personal(
        String(64), unique=True, why="a random name of the request for a code", secret=HASHED
    )
    browser_hash: Mapped[str] = personal(
        String(64), why="a random value of the browser that asked, where it is good", secret=HASHED
    )
    digest: Mapped[str] = personal(String(64), why="the code itself", secret=HASHED)
    tries: Mapped[int] = personal(default=0, why="how often a wrong one was entered")
    created_at: Mapped[datetime] = personal(
        Moment, default=clock.now, index=True, why="when it was asked for"
    )
    expires_at: Mapped[datetime] = personal(Moment, why="until when it is good")
    used_at: Mapped[datetime | None] = personal(Moment, why="when it was used, or became void")

    @property
    def is_good(self) -> bool:
        return self.used_at is None and clock.now() < self.expires_at
