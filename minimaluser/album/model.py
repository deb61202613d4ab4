"""The album, which is the site's own and nobody's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import clock
from minimaluser.models.base import Model, Moment


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
