"""Mail that is not about the account is stopped, and wanted again.

The token of a link does it, whoever has it: no log-in is asked for. Who has left gets none, so for
such a link everything looks as though they had stopped it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select

from minimaluser.database import db, transaction
from minimaluser.lib import audit, tokens
from minimaluser.mailer.contract import BULLETIN
from minimaluser.models import WAITING, MailStop, OutboxItem, User, people
from minimaluser.outbox import delivery
from minimaluser.security import bulletins, limits
from minimaluser.security.bulletins import Bulletin
from minimaluser.security.links import BadLink


@dataclass(frozen=True)
class Subscription:
    """A bulletin as somebody gets it, or not.

    Attributes:
        bulletin: which.
        user_id: whose.
        token: what stops it, or has it sent again.
        is_stopped: whether it was stopped.
    """

    bulletin: Bulletin
    user_id: int
    token: str
    is_stopped: bool


def list_subscriptions(user: User, known: Iterable[Bulletin]) -> list[Subscription]:
    """Return how a user gets each of these bulletins."""
    known = list(known)
    stopped = bulletins.stopped(user.id) if known else set()
    return [
        Subscription(each, user.id, bulletins.token(user.id, each.name), each.name in stopped)
        for each in known
    ]


def look_at_subscription(token: str, known: Iterable[Bulletin]) -> Subscription:
    """Tell what the link of a token is about; changes nothing.

    Raises:
        BadLink: it is not good (any more).
    """
    user_id, name = _read(token)
    found = [each for each in known if each.name == name]
    if not found:
        raise BadLink
    is_stopped = people.by_id(user_id) is None or name in bulletins.stopped(user_id)
    return Subscription(found[0], user_id, token, is_stopped)


def stop_mail(token: str) -> None:
    """Send no more of a bulletin, and nothing of it that still waits to be sent.

    Raises:
        BadLink: the link is not good (any more).
        limits.TooMany: that was done too often.
    """
    with _changing(token) as (user_id, name):
        if user_id is None or name in bulletins.stopped(user_id):
            return
        db.session.add(MailStop(user_id=user_id, name=name))
        of_them = (OutboxItem.user_id == user_id, OutboxItem.mail_class == BULLETIN)
        for row in db.session.scalars(
            select(OutboxItem).where(*of_them, OutboxItem.state == WAITING)
        ):
            if json.loads(delivery.unsealed(row))["name"] == name:
                db.session.delete(row)


def want_mail(token: str) -> None:
    """Send a bulletin again that was stopped.

    Raises:
        BadLink: the link is not good (any more).
        limits.TooMany: that was done too often.
    """
    with _changing(token) as (user_id, name):
        theirs = (MailStop.user_id == user_id, MailStop.name == name)
        db.session.execute(delete(MailStop).where(*theirs))


@contextmanager
def _changing(token: str) -> Iterator[tuple[int | None, str]]:
    """Count, lock the person, and open the transaction; the id is None of who has left."""
    try:
        user_id, name = _read(token)
    except BadLink:
        limits.count("link")
        raise
    limits.count("stop-mail", user_id)
    audit.concern(user_id)
    with transaction():
        yield (user_id if people.lock(user_id) is not None else None), name


def _read(token: str) -> tuple[int, str]:
    try:
        return bulletins.read(token)
    except tokens.BadToken:
        raise BadLink from None
