"""What people have stopped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import clock
from minimaluser.models.base import Model, Moment, owner, personal


class MailStop(Model):
    """A mail that somebody has stopped."""

    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner(
        why="One row for each kind of mail that its owner has stopped, so that no more of it is"
        " sent.",
        lasts="until the mail is wanted again",
    )
    name: Mapped[str] = personal(
        String(60), why="which mail: the name of a `security.bulletins.Bulletin`"
    )
    created_at: Mapped[datetime] = personal(Moment, default=clock.now, why="when it was stopped")
