"""Moves to another e-mail address."""

from __future__ import annotations

from datetime import timedelta

from minimaluser.testing.client import Person
from minimaluser.testing.patterns import KEY

NEW = "ann@new.example"
SECOND = timedelta(seconds=1)


def links_of(ann: Person, new: str = NEW) -> tuple[str, str]:
    """The link to the new address, and the undo link to the present one."""
    return ann.link("/email/confirm/", new), ann.link("/email/undo/")


def move(ann: Person, new: str = NEW) -> str:
    """Move for good in this browser; return the first undo link."""
    assert ann.ask_to_move(new).status_code == 303
    link, undo = links_of(ann, new)
    assert ann.post(link).status_code == 303
    ann.email, ann.key = new, ann.mailed(KEY, new)
    return undo
