"""What is counted for limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.models.base import Model, Moment, about, personal


class Hit(Model):
    """Something counted for a limit; `key` is a keyed hash of what was done and who did it."""

    __table_args__ = (
        Index("ix_hit_key_at", "key", "at"),
        about(
            "What is counted for limits, which fend off attacks, unless that is done in Valkey.",
            lasts="until the longest window of its limit is over, a day or less; of wrong keys and"
            " codes until the right one, or for {limits[wrong-codes][account][0][1]}; of an account"
            " until it is closed",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str] = personal(
        String(16), index=True, why="a random name that hits counted together share"
    )
    key: Mapped[str] = personal(
        String(64),
        why="a keyed hash of what was done and of the account, the address or the network (of"
        " IPv6 the /64, /56 and /48)",
    )
    at: Mapped[datetime] = personal(Moment, why="when it was done")
    expires_at: Mapped[datetime] = personal(
        Moment, index=True, why="when no limit counts it any more"
    )
