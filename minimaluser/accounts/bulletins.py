"""Stopping bulletins, and subscribing to them again.

The token of a mailed link is enough; no log-in is needed. A closed account gets no bulletins, so a
link of such an account shows them as stopped.
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
    """Whether a user gets a bulletin.

    Attributes:
        bulletin: the bulletin.
        user_id: id of the user.
        token: token that stops it or subscribes again.
        is_stopped: whether the user has stopped it.
    """

    bulletin: Bulletin
    user_id: int
    token: str
    is_stopped: bool


def list_subscriptions(user: User, known: Iterable[Bulletin]) -> list[Subscription]:
    """Return the subscriptions of a user to these bulletins."""
    known = list(known)
    stopped = bulletins.stopped(user.id) if known else set()
    return [
        Subscription(each, user.id, bulletins.token(user.id, each.name), each.name in stopped)
        for each in known
    ]


def look_at_subscription(token: str, known: Iterable[Bulletin]) -> Subscription:
    """Return the subscription that a token is for, without changing it.

    Raises:
        BadLink: the token is not valid (any more).
    """
    user_id, name = _read(token)
    found = [each for each in known if each.name == name]
    if not found:
        raise BadLink
    is_stopped = people.by_id(user_id) is None or name in bulletins.stopped(user_id)
    return Subscription(found[0], user_id, token, is_stopped)


def stop_mail(token: str) -> None:
    """Stop a bulletin; mails of it that still wait are not sent either.

    Raises:
        BadLink: the token is not valid (any more).
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
    """Subscribe again to a bulletin that was stopped.

    Raises:
        BadLink: the token is not valid (any more).
        limits.TooMany: that was done too often.
    """
    with _changing(token) as (user_id, name):
        theirs = (MailStop.user_id == user_id, MailStop.name == name)
        db.session.execute(delete(MailStop).where(*theirs))


@contextmanager
def _changing(token: str) -> Iterator[tuple[int | None, str]]:
    """Count, open a transaction and lock the user; the id is None if the account is closed."""
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
        return bulletins.read(tokens.tidy(token))
    except tokens.BadToken:
        raise BadLink from None
