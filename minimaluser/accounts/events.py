"""The events of an account, kept for its owner for some weeks and shown in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from minimaluser.database import db
from minimaluser.lib import audit, caller, clock
from minimaluser.models import Event, User
from minimaluser.rules import rules

WORDS = {
    "signed_up": "You signed up",
    "confirmed": "Your email was confirmed",
    "logged_in": "Logged in",
    "logged_in_new": "Logged in from a new device",
    "key_entered": "Access key entered again",
    "wrong_keys": "Access key wrong too often; that session was ended",
    "key_changed": "Access key changed",
    "key_reset": "Access key reset by mail",
    "email_asked": "Asked to move to another email",
    "email_cancelled": "Cancelled the move to another email",
    "email_changed": "Moved to another email",
    "email_undone": "A change undone by the link in our mail",
    "session_ended": "A session was ended from the profile",
    "sessions_ended": "All other sessions were ended from the profile",
    "reopened": "Deletion of the account undone",
}


@dataclass(frozen=True)
class Happening:
    """An event as its owner reads it."""

    words: str
    browser: str
    network: str
    created_at: datetime


def note(user: User, kind: str) -> None:
    """Add an event of this kind, in the caller's transaction.

    Raises:
        KeyError: there are no words for it.
    """
    WORDS[kind]
    audit.concern(user.id)
    db.session.add(
        Event(
            user_id=user.id,
            kind=kind,
            browser=caller.browser(),
            network=caller.network(),
            created_at=clock.now(),
        )
    )


def has_happened(user_id: int, kind: str, since: datetime) -> bool:
    """Tell whether there is an event of this kind from a moment on."""
    found = (Event.user_id == user_id, Event.kind == kind, Event.created_at >= since)
    return db.session.scalar(select(Event.id).where(*found).limit(1)) is not None


def list_events(user: User) -> list[Happening]:
    """Return the events of the last weeks, the newest first."""
    since = clock.now() - rules.events
    rows = db.session.scalars(
        select(Event)
        .where(Event.user_id == user.id, Event.created_at > since)
        .order_by(Event.created_at.desc(), Event.id.desc())
        .limit(rules.events_shown)
    )
    return [
        Happening(WORDS.get(row.kind, row.kind), row.browser, row.network, row.created_at)
        for row in rows
    ]
