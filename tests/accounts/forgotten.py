"""A forgotten access key: a wrong code, the link beside it, and keys to choose."""

from __future__ import annotations

from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY

NEWER = "old lamps hum under the pier"


def by_link(person: Person, link: str, key: str = NEW_KEY) -> int:
    """Set a key with a link, opened as a person opens it; return the status of the last answer."""
    page = person.get(link)
    if page.status_code != 303:
        return page.status_code
    return person.post(page.location, {"new_key": key, "confirm_key": key}).status_code


def reset_link(person: Person) -> str:
    return person.link("/reset-key/mail/")


def wrong(code: str) -> str:
    """A code other than this one."""
    return f"{(int(code or 0) + 1) % 1_000_000:06d}"
