"""Mail of the club that can be stopped: sent, and stopped as a mail program does it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from minimaluser.database import transaction
from minimaluser.models import MailStop, OutboxItem, people
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of
from tests import club

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
NEWS = (OutboxItem.mail_class == "bulletin",)


def news(app: Flask, *emails: str) -> int:
    """Send the news of the club to some people; return how many mails there are by now."""
    with app.app_context(), transaction():
        for email in emails:
            club.send_news(people.by_email(email))
    return count(app, OutboxItem, *NEWS)


def link(app: Flask, person: Person) -> str:
    """The address in the newest mail to somebody that stops it."""
    news(app, person.email)
    return person.link("/mail/")


def click(app: Flask, address: str, **more: Any) -> Any:
    """What a mail program does: it has no cookie, no token and no Origin of this site."""
    return app.test_client().post(address, **{"data": ONE_CLICK, **more})


def stopped(app: Flask) -> list[str]:
    return [row.name for row in rows_of(app, MailStop)]


STOP, AGAIN = "Stop this mail<", "Send it again<"
