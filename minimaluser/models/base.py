"""What every table shares: its base, moments in UTC, and what it says about personal data.

All data of a user is exported, erased when the account is closed, and restored if that is undone;
`minimaluser/personal/` finds it by walking the tables. A plain new column of `User` and a
new table with `owner()` are covered without more. `personal` says what a column is for, and
declares exceptions with their reasons. `docs/privacy.md` is written from these texts (`python -m
tools.privacy`), and a test fails for columns without one.

    nickname: Mapped[str] = personal(String(40), why="shown to others")
    country: Mapped[str | None] = personal(why="sets the tax", kept="the tax office asks for it")
    pin: Mapped[str] = personal(String(64), why="lets one in", secret="a hash", ends="as logged in")
    user_id: Mapped[int] = owner(why="What somebody has planted.", lasts="until it is dug up")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import MappedColumn, mapped_column

from minimaluser.database import db
from minimaluser.lib.moment import Moment

if TYPE_CHECKING:
    from minimaluser.database import Base as Model
else:
    Model = db.Model

__all__ = [
    "HASHED",
    "LETS_IN",
    "SEALED",
    "Model",
    "Moment",
    "about",
    "file_name",
    "owner",
    "personal",
]

HASHED = "kept as a hash, which nobody can read back"
SEALED = "kept encrypted"
LETS_IN = "what lets somebody in, or back in, ends with the account"


class Said(TypedDict, total=False):
    """What a column declares besides its purpose.

    Attributes:
        lasts: how long it is kept, unless that is obvious; names of rules in braces are replaced by
            their numbers.
        kept: why it stays when the account is closed. On a column of `User` the value stays. On a
            foreign key to a user, or to a row of a user, the row stays and loses its owner, so the
            column must be nullable.
        ends: why it is erased, but not restored with the account.
        secret: text that an export shows instead of the value.
        blank: value of a column of `User` once it is erased, if its type has no obvious one. By
            default that is NULL if the column is nullable, else the empty value of its type, made
            unique if it must be.
    """

    lasts: str
    kept: str
    ends: str
    secret: str
    blank: object


def personal(*column: Any, why: str, **more: Any) -> MappedColumn[Any]:
    """Return a column that declares what it is for.

    Args:
        column: its type, unless the annotation implies it, and its foreign keys.
        why: what it holds, and what for.
        more: exceptions, see `Said`, and arguments of `mapped_column`.
    """
    said = {name: more.pop(name) for name in Said.__annotations__ if name in more}
    return mapped_column(*column, info={"why": why, **said}, **more)


def owner(why: str = "", **said: Unpack[Said]) -> MappedColumn[Any]:
    """Return the column of the owner, with whom the row is deleted unless it is `kept`.

    Args:
        why: sentences about the table: what its rows are, and what for.
        said: exceptions of all its rows.
    """
    key = ForeignKey("users.id", ondelete="SET NULL" if "kept" in said else "CASCADE")
    return personal(key, index=True, why=why, **said)


def about(why: str, lasts: str) -> dict[str, Any]:
    """Return what a table without an owner says in its `__table_args__`, if it is about people."""
    return {"info": {"why": why, "lasts": lasts}}


def file_name(why: str) -> MappedColumn[Any]:
    """Return a column that names a file which belongs to the row, see `minimaluser.files`.

    Args:
        why: what the file is, and what for.
    """
    said = {"why": why, "file": True}
    return mapped_column(String(36), unique=True, active_history=True, info=said)
