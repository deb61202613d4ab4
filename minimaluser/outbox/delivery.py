"""How each kind of task in the outbox is done: a mail handed over, a file stored or removed."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import select, update

from minimaluser import files
from minimaluser.database import db, transaction
from minimaluser.lib import sealing
from minimaluser.mailer import contract
from minimaluser.models import OutboxItem, User
from minimaluser.security import mails
from minimaluser.settings import settings


class GivenUp(Exception):
    """The task can never be done, so it is not tried again."""


class Later(Exception):
    """The task must be tried again, after the seconds that the other side asks for, if any."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


def _send_mail(item: OutboxItem) -> None:
    """Hand the mail to the mailer; without one, the built-in mailbox shows the row itself."""
    if item.sealed is None:
        raise GivenUp("no content")
    if not settings.mailer_url:
        return
    from minimaluser.lib.post import post

    mail = json.loads(unsealed(item))
    message = {name: mail[name] for name in contract.FIELDS} | {contract.CLASS: item.mail_class}
    message[contract.ESSENTIAL] = mails.is_essential(item.urgency)
    if stops := mail.get(contract.UNSUBSCRIBE):
        message[contract.UNSUBSCRIBE] = stops
    body = json.dumps(message).encode()
    signing = settings.jwt_mailer_secret
    headers = {
        "Authorization": contract.authorize(signing, body),
        "Content-Type": "application/json",
    }
    address = settings.mailer_url.rstrip("/") + contract.PATH
    _judge(*post(address, body, headers, contract.LARGEST_ANSWER))


def _judge(status: int, content: bytes, retry_after: str) -> None:
    """Return if the mailer says it accepted the mail; a 4xx is final, except for 408 and 429."""
    try:
        outcome = json.loads(content)["status"]
    except (ValueError, KeyError, TypeError, RecursionError):
        outcome = None
    if status == 200 and outcome in {contract.ACCEPTED, contract.DUPLICATE}:
        return
    if 400 <= status < 500 and status not in {408, 429}:
        raise GivenUp(f"the mailer answered {status}")
    seconds = float(retry_after) if retry_after.isdecimal() else 0.0
    raise Later(f"the mailer answered {status}", seconds)


def _put_tile(item: OutboxItem) -> None:
    owner = select(User.id, User.tile_svg).where(User.tile_name == item.reference)
    row = db.session.execute(owner).first()
    db.session.rollback()
    path = files.tile_path(item.reference)
    if row is None:  # names are never reused, so this removes what a killed worker left
        files.storage().delete(path)
    if row is None or row.tile_svg is None:
        return
    files.storage().write(path, row.tile_svg.encode(), "image/svg+xml")
    with transaction():
        held = (User.id == row.id, User.tile_name == item.reference)
        kept = db.session.execute(update(User).where(*held).values(tile_svg=None))
    if kept.rowcount != 1:  # type: ignore[attr-defined]
        files.storage().delete(path)  # the tile went meanwhile, perhaps before its file was there


def _remove_tile(item: OutboxItem) -> None:
    files.storage().delete(files.tile_path(item.reference))


def unsealed(row: OutboxItem) -> str:
    """Return the mail of a row, as JSON."""
    return sealing.unseal(settings.session_secret, row.sealed or b"")


DOERS: dict[str, Callable[[OutboxItem], None]] = {
    "mail": _send_mail,
    "tile_put": _put_tile,
    "tile_remove": _remove_tile,
    files.PUT: files.put,
    files.REMOVE: files.remove,
}
