"""What every table shares: its base, moments in UTC, and what it says about personal data.

Whatever belongs to a person is exported, erased when the account is closed, comes back when that is
undone, and is gone after some days; `minimaluser/personal/` finds it by walking the tables. A plain
new column of `User` and a new table with `owner()` need nothing more to be safe. `personal` says in
words what a column is for, and names an exception with its reason; `docs/privacy.md` is written
from these words (`python -m tools.privacy`), and a test asks for those that are missing.

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
    """What a column says about itself beside what it is for.

    Attributes:
        lasts: how long it is kept, if that is not plain; a number of the rules stands in braces.
        kept: why it stays when the account is closed. On a column of `User` the value stays. On a
            foreign key to a user, or to a row of a user, the row stays and refers to nobody any
            more, so the column must be nullable.
        ends: why it is erased, too, but does not come back with the account.
        secret: what it is that an export names and does not show.
        blank: what a column of `User` holds once it is erased, where its type does not tell. A
            column that may be NULL is NULL; others hold what is empty of their type, or something
            that nobody else has if it must be unique.
    """

    lasts: str
    kept: str
    ends: str
    secret: str
    blank: object


def personal(*column: Any, why: str, **more: Any) -> MappedColumn[Any]:
    """Return a column that says what it is for; the rest is as `mapped_column` takes it.

    Args:
        column: its type, if the annotation does not tell, and its keys.
        why: what it holds, and what for.
        more: exceptions as in `Said`, and what `mapped_column` takes.
    """
    said = {name: more.pop(name) for name in Said.__annotations__ if name in more}
    return mapped_column(*column, info={"why": why, **said}, **more)


def owner(why: str = "", **said: Unpack[Said]) -> MappedColumn[Any]:
    """Return the column of the user with whom the row goes, unless `kept` says that it stays.

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
