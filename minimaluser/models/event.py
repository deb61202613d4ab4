"""What happened to an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import clock
from minimaluser.models.base import Model, Moment, owner, personal


class Event(Model):
    """Something its owner should know about; `kind` is a name from `accounts.events`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner(
        why="One row for each thing that happened to the account: its owner sees on the profile"
        " whether somebody else was there.",
        lasts="for {events}",
    )
    kind: Mapped[str] = personal(String(20), why="what happened: a log-in, a change of the key")
    browser: Mapped[str] = personal(String(60), default="", why="the browser in words")
    network: Mapped[str] = personal(
        String(45), default="", why="the network address without its last part"
    )
    created_at: Mapped[datetime] = personal(
        Moment, default=clock.now, index=True, why="when it happened"
    )
