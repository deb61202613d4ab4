"""What is to be done after a commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, literal
from sqlalchemy.orm import Mapped, mapped_column

from minimaluser.lib import clock
from minimaluser.models.base import SEALED, Model, Moment, owner, personal

WAITING, DONE, DEAD = "waiting", "done", "dead"  # states of a row of the outbox
# How busy the worker is tells how many mails others get.
OF_THE_WORKER = "known to the worker alone"


class OutboxItem(Model):
    """Something to be done after the commit: a mail to send, a file to store or remove."""

    __table_args__ = (UniqueConstraint("kind", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = owner(
        why="One row for each mail to send and each file to store or remove, so that it is done"
        " surely, and once.",
        lasts="for {mail_in_mailbox}",
        kept="a file must be removed although the account is gone; mail that is not sent yet is"
        " deleted",
    )
    kind: Mapped[str] = personal(String(20), why="what is to be done")
    reference: Mapped[str] = personal(String(36), why="a random name of the mail or the file")
    mail_class: Mapped[str] = personal(
        String(10), default="", why="which kind of mail it is: some go before others"
    )
    urgency: Mapped[int] = personal(
        default=50, why="what goes first: the lowest", secret=OF_THE_WORKER
    )
    sealed: Mapped[bytes | None] = personal(
        LargeBinary,
        why="recipient and text of a mail, which mailer and mail provider see while they send it;"
        " or a file that belongs to a row",
        lasts="until the file is stored, or the mail is sent or given up: after {mail_waits}, or as"
        " long as a link in it undoes something, which is {undo_email} or {undo_closing}; in the"
        " built-in mailbox, which is for development, as long as the row",
        secret=SEALED,
    )
    state: Mapped[str] = personal(
        String(10),
        default=WAITING,
        why="whether it waits, is done or given up",
        secret=OF_THE_WORKER,
    )
    tries: Mapped[int] = personal(default=0, why="how often it was tried", secret=OF_THE_WORKER)
    problem: Mapped[str] = personal(
        String(200), default="", why="what the last try failed of", secret=OF_THE_WORKER
    )
    created_at: Mapped[datetime] = personal(
        Moment, default=clock.now, index=True, why="when it was to be done first"
    )
    due_at: Mapped[datetime] = personal(
        Moment, default=clock.now, why="when it is tried next", secret=OF_THE_WORKER
    )
    expires_at: Mapped[datetime | None] = personal(Moment, why="when it is given up")
    done_at: Mapped[datetime | None] = personal(
        Moment, why="when it was done or given up", secret=OF_THE_WORKER
    )


# Rows that are done are many, so what is asked often has an index of its own, without them. The
# state stands in the statement itself: a plan for any value of a parameter would not use the index.
IS_WAITING = OutboxItem.state == literal(WAITING, literal_execute=True)
IS_DEAD = OutboxItem.state == literal(DEAD, literal_execute=True)
# As the worker takes them. The last two columns spare it a look at the rows.
_QUEUE = (OutboxItem.urgency, OutboxItem.id, OutboxItem.due_at, OutboxItem.created_at)
Index("ix_outbox_item_waiting", *_QUEUE, sqlite_where=IS_WAITING, postgresql_where=IS_WAITING)
Index("ix_outbox_item_dead", OutboxItem.expires_at, sqlite_where=IS_DEAD, postgresql_where=IS_DEAD)
