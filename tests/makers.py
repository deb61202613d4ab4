"""For every address with a part that varies: something of somebody's to ask for there.

`tests/test_whose.py` asks for it as somebody else. A new route with a variable part needs a maker
here, or an exception that says why nobody's things are behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask

from minimaluser.models import Session
from tests.database import rows_of, user_of
from tests.person import Person

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
    identity = user_of(app, owner.email).id
    row = rows_of(app, Session, Session.user_id == identity)[-1]
    return Made(f"/profile/sessions/{row.id}", f"/profile/sessions/{NOBODYS}")


MAKERS: dict[str, Maker] = {
    "sessions.destroy": session,
}
MAILED = "whoever has the token of a link has the mail; it is single use (TK2, TK3, TK6)"
ALBUM = "the pictures are the site's own; who may see which is test_AZ3_…"
OWN = "the variable part is a kind of drawing or field, and names nobody's thing"
DEVELOPMENT = "exists in development only"
NOBODYS_THINGS: dict[str, str] = {
    "confirmation.keep": MAILED,
    "confirmation.update": MAILED,
    "email_confirmation.keep": MAILED,
    "email_confirmation.update": MAILED,
    "email_undo.keep": MAILED,
    "email_undo.update": MAILED,
    "closing_undo.keep": MAILED,
    "closing_undo.update": MAILED,
    "key_reset_link.keep": MAILED,
    "key_reset_link.update": MAILED,
    "key_reset.edit": "a flow is good in the browser alone that asked (TK9)",
    "key_reset.update": "a flow is good in the browser alone that asked (TK9)",
    "album.show": ALBUM,
    "album.file": ALBUM,
    "tile.preview": OWN,
    "tile.show": "whoever is shown a tile may see it; its name is 122 random bits",
    "validation.create": OWN,
    "dev.mail": DEVELOPMENT,
    "gallery.mail": DEVELOPMENT,
    "gallery.page": DEVELOPMENT,
    "gallery.error": DEVELOPMENT,
    "gallery.tile": DEVELOPMENT,
}
