"""The mailer and the store of a site in development, taken down by a file of its instance folder.

Each process of the site looks into the file whenever it needs one of the two. While the mailer is
down, mails wait in the outbox, and the built-in mailbox does not show them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import select

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.lib import storage
from minimaluser.models import IS_WAITING, OutboxItem
from minimaluser.outbox import delivery
from minimaluser.testing.names import MAILER, STORE

FILE = "down"
KNOWN = {MAILER, STORE}
_followed: set[Path] = set()


def set_down(folder: Path, names: Iterable[str]) -> None:
    """Take down what is named, and bring up what is not.

    Raises:
        ValueError: no such thing can be down.
    """
    if unknown := {*names} - KNOWN:
        raise ValueError(f"cannot be down: {', '.join(unknown)}; known: {', '.join(KNOWN)}")
    fresh = folder / f".{FILE}"
    fresh.write_text(" ".join(names))
    fresh.replace(folder / FILE)


def follow(folder: Path) -> None:
    """Have this process break as the file of an instance folder says."""
    if folder in _followed:
        return
    _followed.add(folder)

    def is_down(name: str) -> bool:
        try:
            return name in (folder / FILE).read_text().split()
        except FileNotFoundError:
            return False

    def breaks(function: Callable[..., Any], name: str, error: type[Exception]) -> Any:
        @wraps(function)
        def broken(*given: Any) -> Any:
            if is_down(name):
                raise error(f"a test has taken the {name} down")
            return function(*given)

        return broken

    delivery.DOERS["mail"] = breaks(delivery.DOERS["mail"], MAILER, delivery.Later)
    for name in ("write", "read", "delete", "exists"):
        whole = getattr(storage.Folder, name)
        setattr(storage.Folder, name, breaks(whole, STORE, storage.Away))
    shown = outbox.mailbox

    def mailbox() -> list[dict[str, Any]]:
        waiting = _waiting() if is_down(MAILER) else set()
        return [mail for mail in shown() if mail["id"] not in waiting]

    outbox.mailbox = mailbox


def _waiting() -> set[str]:
    unsent = (OutboxItem.kind == "mail", IS_WAITING, OutboxItem.sealed.is_not(None))
    rows = db.session.scalars(select(OutboxItem).where(*unsent))
    return {json.loads(delivery.unsealed(row))["id"] for row in rows}
