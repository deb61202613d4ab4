"""Tasks in the outbox, put in and looked at one by one."""

from __future__ import annotations

import uuid

from flask import Flask

from minimaluser import mail, outbox
from minimaluser.database import db
from minimaluser.models import OutboxItem, people
from minimaluser.outbox import delivery
from minimaluser.testing.database import rows_of


def put(app: Flask, kind: str = "tile_remove") -> int:
    with app.app_context():
        outbox.add(kind, str(uuid.uuid4()), None)
        db.session.commit()
    return rows_of(app, OutboxItem)[-1].id


def item(app: Flask, identity: int) -> OutboxItem:
    return rows_of(app, OutboxItem, OutboxItem.id == identity)[0]


def work_once(app: Flask) -> bool:
    with app.app_context():
        return outbox.work()


def send(app: Flask, email: str = "ann@example.org") -> OutboxItem:
    with app.app_context():
        mail.send_key_reset_code(people.by_email(email), "012345", "https://x")
        db.session.commit()
    return rows_of(app, OutboxItem)[-1]


def refuse(_: OutboxItem) -> None:
    raise delivery.GivenUp("no such mailbox")
