"""For every address with a part that varies: something of somebody's to ask for there.

`tests/test_whose.py` asks for it as somebody else. A new route with a variable part needs a maker
here, a part's in `MAKERS` of its `tests/<part>/makers.py`, unless its view declares `@access(…,
nobodys="why it names nobody's thing")`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask

from minimaluser import accounts
from minimaluser.models import people
from minimaluser.testing.client import Person
from tests import stock

NOBODYS = 2_147_483_647  # an id that nobody's row has


class Made(NamedTuple):
    """Where somebody's thing is, where nothing is, and what stands in it and nowhere else."""

    address: str
    nowhere: str
    marks: tuple[str, ...] = ()


Maker = Callable[[Flask, Person], Made]


def session(app: Flask, owner: Person) -> Made:
    """Log in at another device."""
    owner.elsewhere().log_in()
    with app.app_context():
        row = max(accounts.list_sessions(people.by_email(owner.email)), key=lambda row: row.id)
    return Made(f"/profile/sessions/{row.number}", f"/profile/sessions/{NOBODYS}")


MAKERS: dict[str, Maker] = {
    "sessions.destroy": session,
}
for _module in stock.brought("makers"):
    MAKERS |= _module.MAKERS
