"""What every table shares: its base, moments in UTC, belonging to somebody, being an exception.

Whatever belongs to a person is exported, erased when the account is closed, comes back when that is
undone, and is gone after some days; `accounts/belongings.py` finds it by walking the tables. A new
column of `User` and a new table with `owner()` need nothing more. What is to be treated otherwise
says so and why, as the `info` of its column:

    country: Mapped[str] = mapped_column(info=kept("the tax office asks for it"))
    pin_hash: Mapped[str] = mapped_column(info=secret("a hash") | ends("it is a credential"))
    user_id: Mapped[int] = owner(ends("who comes back logs in anew"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.database import db
from minimaluser.lib.moment import Moment

if TYPE_CHECKING:
    from minimaluser.database import Base as Model
else:
    Model = db.Model

__all__ = ["Model", "Moment", "blank", "ends", "kept", "owner", "secret"]

Info = dict[Any, Any]


def owner(info: Info | None = None) -> Mapped[int]:
    """Return the column of the user with whom the row goes.

    Args:
        info: an exception, made by `kept` or `ends`.
    """
    key = ForeignKey("users.id", ondelete="CASCADE")
    return mapped_column(key, index=True, info=info or {})


def kept(why: str) -> Info:
    """Return the exception of what stays when an account is closed.

    On a column of `User` the value stays. On a foreign key to a user, or to a row of a user, the
    row stays and refers to nobody any more, so the column must be nullable.
    """
    return {"kept": why}


def ends(why: str) -> Info:
    """Return the exception of what is erased, too, but does not come back with the account."""
    return {"ends": why}


def blank(value: object) -> Info:
    """Return what a column of `User` holds once it is erased, where its type does not tell.

    A column that may be NULL is NULL; others hold what is empty of their type, or something that
    nobody else has if it must be unique.
    """
    return {"blank": value}


def secret(how: str) -> Info:
    """Return the exception of what an export names and does not show, but for `how`."""
    return {"secret": how}
