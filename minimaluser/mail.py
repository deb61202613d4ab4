"""One function per mail; `_send` counts it, renders `templates/email/<name>/` and writes a row."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from minimaluser.database import db, insist_on_a_transaction
from minimaluser.lib import clock, emails, sealing
from minimaluser.lib.templating import render_strictly
from minimaluser.mailer.contract import BULLETIN, NOTICE, UNDO, UNSUBSCRIBE
from minimaluser.models import DONE, WAITING, OutboxItem, User
from minimaluser.rules import rules
from minimaluser.security import bulletins, limits, mails
from minimaluser.settings import settings


def send_confirmation(
    user: User, key: str | None, link: str, granted: str = "", *, budgets: tuple[str, ...] = ()
) -> None:
    """To a new address: the first access key (unless an own one is in force) and the link.

    `granted` is the nickname as long as it is our choice: a mail has no words of a stranger.
    """
    named: dict[str, Any] = {"key": key, "link": link, "granted": granted}
    _send("confirmation", user, budgets=budgets, life=rules.confirm, **named)


def send_key_reset_code(
    user: User, code: str, link: str, browser: str = "", again: int = 0
) -> None:
    """The digits for a new access key, and the link that stands in for them.

    Args:
        browser: the name of one of the owner's browsers, which have budgets of their own.
        again: how many codes were asked for lately; the first one of anybody goes first.
    """
    _send_code(user, user.email, browser, again=again, code=code, link=link)


def send_no_code(email: str, code: str, link: str) -> None:
    """Do the work of `send_key_reset_code` for somebody who gets none: its time tells nothing."""
    _send_code(None, email, "", sent=False, user=None, code=code, link=link)


def _send_code(owner: User | None, email: str, browser: str, **more: Any) -> None:
    ways = mails.ways_for_code(emails.same(email), browser)
    _send("key_reset_code", owner, email, ways=ways, life=rules.code, **more)


def send_key_reset_done(user: User) -> None:
    """Notice: the key was set anew, with a code or the link beside it."""
    _send("key_reset_done", user)


def send_key_changed(user: User, link: str) -> None:
    """The key was changed on the profile, and how to undo it."""
    _send("key_changed", user, life=rules.undo_email, link=link)


def send_email_change(user: User, new_email: str, key: str, link: str, reference: str = "") -> None:
    """To the new address: the link that puts it in force and the key that comes with it.

    It belongs to nobody: that there is one must not stand in the data of the user, who would learn
    that nobody has the address. `reference` is from `links.mail_of`.
    """
    life = rules.change_email
    named: dict[str, Any] = {"user": user, "new_email": new_email, "key": key, "link": link}
    named |= {"budgets": mails.AT_MOVE, "reference": reference}
    _send("email_change", None, new_email, life=life, **named)


def send_email_change_notice(user: User, new_email: str, link: str) -> None:
    """To the address in force: a change was asked for, and how to undo it."""
    life = rules.undo_email
    _send("email_change_notice", user, life=life, new_email=new_email, link=link)


def send_email_changed(user: User, old_email: str, link: str) -> None:
    """To the old address: the change is done, and how to undo it."""
    life = rules.undo_email
    _send("email_changed", user, old_email, life=life, new_email=user.email, link=link)


def send_email_undone(user: User) -> None:
    """To the address that is in force again."""
    _send("email_undone", user)


def send_email_returned(user: User, email: str) -> None:
    """To the address that an undone move has taken the account away from again."""
    _send("email_returned", user, email)


def send_email_taken(user: User, *, budgets: tuple[str, ...] = (), sent: bool = True) -> None:
    """To the owner of an address which somebody else wanted to have; or all but that."""
    _send("email_taken", user, budgets=budgets, sent=sent)


def send_account_deleted(email: str, nickname: str, link: str, *, is_proved: bool) -> None:
    """Goodbye, and how to come back; belongs to nobody any more."""
    life = rules.undo_closing
    named: dict[str, Any] = {"nickname": nickname, "link": link}
    _send("account_deleted", None, email, life=life, is_proved=is_proved, **named)


def send_account_restored(user: User) -> None:
    """Notice: the deletion was undone."""
    _send("account_restored", user)


def send_wrong_keys(user: User) -> None:
    """Notice: a session was ended, as the key was entered wrongly too often."""
    _send("wrong_keys", user)


def send_new_device(user: User, browser: str, network: str, link: Callable[[], str]) -> None:
    """A log-in from a browser that was not used for this account before, and how to end it.

    Args:
        user: whose account.
        browser, network: where, in words.
        link: makes the link if the mail goes.
    """
    life = rules.undo_email
    named: dict[str, Any] = {"browser": browser, "network": network, "moment": clock.now()}
    _send("new_device", user, life=life, link=link, **named)


def send_bulletin(bulletin: bulletins.Bulletin, user: User, **context: Any) -> None:
    """A bulletin, to a confirmed address, unless its owner has stopped it.

    `context` is for its templates, which also get `user`. RuntimeError outside `transaction()`.
    """
    insist_on_a_transaction()
    if bulletin.name not in bulletins.stopped(user.id):
        stop_link = bulletins.link(user.id, bulletin.name)
        _send(bulletin.name, user, kind=mails.KINDS[BULLETIN], stop_link=stop_link, **context)


def _send(
    name: str,
    owner: User | None,
    to: str = "",
    *,
    kind: mails.Kind | None = None,
    budgets: tuple[str, ...] = (),
    ways: Sequence[limits.Way] = (),
    life: timedelta | None = None,
    sent: bool = True,
    reference: str = "",
    again: int = 0,
    is_proved: bool = False,
    stop_link: str = "",
    **context: Any,
) -> None:
    """Count the mail and write it, or raise `NoMail`, or leave it out."""
    kind = kind or mails.KINDS[name]
    if owner is not None:
        context["user"] = owner
        to = to or owner.email
        is_proved = owner.is_confirmed
        if kind.mail_class in {NOTICE, BULLETIN} and not owner.is_confirmed:
            return  # the address may be a stranger's, who has to do with none of it
    own = [(budget, emails.same(to)) for budget in budgets or kind.budgets]
    wait = limits.count_inside(*(ways or [own])).wait
    if wait and kind.courtesy:
        return
    if wait:
        raise mails.NoMail(kind.mail_class, wait)
    context["stop_link"] = stop_link
    if callable(link := context.get("link")):
        context["link"] = link()
    parts = {
        "subject": render_strictly(f"email/{name}/subject.txt", **context).strip(),
        "text": render_strictly(f"email/{name}/body.txt", **context).strip() + "\n",
        "html": render_strictly(f"email/{name}/body.html", **context),
        UNSUBSCRIBE: stop_link,
    }
    if kind.mail_class == UNDO:
        again = mails.undo_mails_lately(owner)
    reference = reference or str(uuid.uuid4())
    text = json.dumps({"id": reference, "name": name, "to": to, **parts})
    sealed = sealing.seal(settings.session_secret, text)
    db.session.add(
        OutboxItem(
            user_id=owner.id if owner and sent else None,
            kind="mail",
            mail_class=kind.mail_class,
            urgency=mails.urgency(kind.mail_class, again, is_proved=is_proved),
            reference=reference,
            sealed=sealed if sent else None,
            state=WAITING if sent else DONE,
            expires_at=clock.now() + (life or rules.mail_waits),
        )
    )
