"""Kinds of mail, and how many of them somebody gets.

Counted in the transaction that writes the mail, as the last thing it locks.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import has_request_context, request
from sqlalchemy import func, select

from minimaluser.database import db
from minimaluser.lib import clock, rates
from minimaluser.lib.text import span
from minimaluser.mailer.contract import (
    BULLETIN,
    CLASSES,
    CODE,
    ESSENTIALS,
    NEWS,
    NOTICE,
    PROOF,
    UNDO,
)
from minimaluser.models import OutboxItem, User
from minimaluser.rules import DAY, HOUR, rules
from minimaluser.security import limits


class Kind(NamedTuple):
    """What a mail is: how much depends on it, and in which of `rules.limits` it is counted.

    One that is too many is left out if it is a `courtesy`; else what causes it is not done.
    """

    mail_class: str
    budgets: tuple[str, ...]
    courtesy: bool = False


KINDS = {
    "key_reset_code": Kind(
        CODE, ("forgot-key-mail", "forgot-key-mail-more", "forgot-key-mail-known")
    ),
    "email_change_notice": Kind(UNDO, ("undo-mail",)),
    "email_changed": Kind(UNDO, ("undo-mail",)),
    "account_deleted": Kind(UNDO, ("undo-mail",)),
    "confirmation": Kind(PROOF, ("confirm-mail",)),
    "email_change": Kind(PROOF, ("any-mail",)),
    "email_taken": Kind(NEWS, ("any-mail",)),  # refused like `email_change`, or it would tell
    "key_changed": Kind(UNDO, ("key-changed-mail",)),
    "key_reset_done": Kind(NOTICE, ("notice-mail",), courtesy=True),
    "email_undone": Kind(NOTICE, ("notice-mail",), courtesy=True),
    "email_returned": Kind(NOTICE, ("notice-mail",), courtesy=True),
    "account_restored": Kind(NOTICE, ("notice-mail",), courtesy=True),
    "wrong_keys": Kind(NOTICE, ("notice-mail",), courtesy=True),
    "new_device": Kind(UNDO, ("new-device-mail",), courtesy=True),
    BULLETIN: Kind(BULLETIN, ("bulletin-mail",), courtesy=True),  # whatever parts send
}
LATER = 10  # the urgency of the first mail that is not essential
BEFORE_FILES = 49  # these have 50, see `OutboxItem`
AT_SIGN_UP = ("sign-up-mail", "any-mail")  # instead, for what a stranger's sign-up causes
AT_MOVE = ("move-mail", "any-mail")  # for what a member causes who asks to move there
AGAIN = ("confirm-mail-again", "confirm-mail")  # instead, for what the button of the profile causes
NO_MAIL = {
    CODE: "No code was sent: too many were asked for with this email. If there is an account, the"
    " newest mail from us holds a link that works for {}.",
    UNDO: "Nothing was changed: the mail that could undo it cannot go out, because too many did.",
    PROOF: "No mail was sent: this email address has had too many from us lately.",
}


class NoMail(limits.TooMany):
    """A mail would be one too many, so what it belongs to is not done."""

    def __init__(self, mail_class: str, seconds: float) -> None:
        words = NO_MAIL.get(mail_class, NO_MAIL[PROOF])
        super().__init__(seconds, words.format(span(rules.code)))


def most_a_day(mail_class: str) -> int:
    """Return how many mails of a class one recipient gets in a day at most, whoever causes them."""
    budgets = {
        name for kind in KINDS.values() if kind.mail_class == mail_class for name in kind.budgets
    }
    return sum(_most(name) for name in budgets)


def _most(budget: str) -> int:
    return min(most * -(-DAY // window) for most, window in rules.limits[budget]["account"])


def urgency(mail_class: str, again: int = 0, *, is_proved: bool = False) -> int:
    """Return how early a mail of a class is sent: what is lower goes first.

    Codes and undo links come first, if they go to an address that its owner has proved: strangers
    can sign up with as many as they like. Nobody waits for somebody's second one.

    Args:
        mail_class: of the mail.
        again: how many of the same were asked for lately.
        is_proved: whether somebody has proved the address to be theirs.
    """
    rank = list(CLASSES).index(mail_class)
    if is_proved and mail_class in ESSENTIALS:
        return min(again, 4) * 2 + rank
    return min(LATER + rank * 8 + min(again, 7), BEFORE_FILES)


def is_essential(urgency: int) -> bool:
    """Tell whether a mail of this urgency is one that an owner comes back by."""
    return urgency < LATER


def undo_mails_lately(user: User | None) -> int:
    """Return how many mails with an undo link somebody was sent in the last hour."""
    since = clock.now() - HOUR
    theirs = OutboxItem.user_id == (user.id if user else 0), OutboxItem.mail_class == UNDO
    lately = select(func.count()).where(*theirs, OutboxItem.created_at > since)
    return db.session.scalar(lately) or 0


def count_codes_anew(address: str) -> None:
    """Forget how many codes somebody was sent who has just proved the mailbox. The caller commits.

    Args:
        address: see `emails.same`.
    """
    limits.clear(address, *KINDS["key_reset_code"].budgets)


def ways_for_code(address: str, browser: str) -> list[limits.Way]:
    """Return in which budgets a code may be counted that somebody asks for.

    Args:
        address: see `emails.same`.
        browser: the name of one of the owner's browsers; empty for a stranger's.
    """
    network = rates.network(request.remote_addr or "") if has_request_context() else ""
    here = ("forgot-key-mail-here", f"{address} {network}")
    strangers: list[limits.Way] = [
        [(action, address), here] for action in ("forgot-key-mail", "forgot-key-mail-more")
    ]
    if not browser:
        return strangers
    own = [("forgot-key-mail-known", address), ("forgot-key-mail-browser", browser)]
    return [own, *strangers]
