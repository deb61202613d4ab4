"""What every table shares: its base, moments in UTC, and belonging to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.extensions import Moment, db

if TYPE_CHECKING:
    from minimaluser.extensions import Base as Model
else:
    Model = db.Model

__all__ = ["Model", "Moment", "owner"]


def owner() -> Mapped[int]:
    """Return the column of the user with whom the row goes."""
    return mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
