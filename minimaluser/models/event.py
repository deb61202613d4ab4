"""What happened to an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import clock
from minimaluser.models.base import Model, Moment, owner


class Event(Model):
    """Something its owner should know about; `kind` is a name from `accounts.events`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner()
    kind: Mapped[str] = mapped_column(String(20))
    browser: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
