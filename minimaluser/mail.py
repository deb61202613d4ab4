"""One function a mail: renders `templates/email/<name>/` and puts it into the outbox."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template

from minimaluser import config
from minimaluser.extensions import db
from minimaluser.lib import clock, sealing
from minimaluser.models import DONE, WAITING, OutboxItem, User


def send_confirmation(
    user: User, key: str | None, link: str, *, granted: str = "", sent: bool = True
) -> None:
    """To a new address: the first access key (unless an own one is in force) and the link.

    `granted` is the nickname as long as it is our choice: a mail has no words of a stranger.
    """
    named: dict[str, Any] = {"key": key, "link": link, "granted": granted}
    _send("confirmation", user, life=config.CONFIRM_LIFETIME, sent=sent, **named)


def send_key_reset_code(user: User, code: str, link: str) -> None:
    """The six digits for a new access key, and the link that stands in for them."""
    _send("key_reset_code", user, life=config.CODE_LIFETIME, **_code(code, link))


def send_no_code(email: str, code: str, link: str) -> None:
    """Do the work of `send_key_reset_code` for somebody who gets none: its time tells nothing."""
    nobody: dict[str, Any] = {"user": None, **_code(code, link)}
    _send("key_reset_code", None, email, life=config.CODE_LIFETIME, sent=False, **nobody)


def _code(code: str, link: str) -> dict[str, Any]:
    minutes = int(config.CODE_LIFETIME.total_seconds() // 60)
    return {"code": code, "link": link, "minutes": minutes}


def send_key_reset_done(user: User) -> None:
    """Notice: the key was set anew, with a code or the link beside it."""
    _send("key_reset_done", user)


def send_key_changed(user: User) -> None:
    """Notice: the key was changed on the profile."""
    _send("key_changed", user)


def send_email_change(
    user: User, new_email: str, key: str, link: str, *, reference: str = "", sent: bool = True
) -> None:
    """To the new address: the link that puts it in force and the key that comes with it.

    It belongs to nobody: that there is one must not stand in the data of the user, who would learn
    that nobody has the address. `reference` is from `links.mail_of`.
    """
    life = config.CHANGE_EMAIL_LIFETIME
    named: dict[str, Any] = {"user": user, "new_email": new_email, "key": key, "link": link}
    _send("email_change", None, new_email, life=life, sent=sent, reference=reference, **named)


def send_email_change_notice(user: User, new_email: str, link: str) -> None:
    """To the address in force: a change was asked for, and how to undo it."""
    _send("email_change_notice", user, new_email=new_email, link=link)


def send_email_changed(user: User, old_email: str, link: str) -> None:
    """To the old address: the change is done, and how to undo it."""
    _send("email_changed", user, old_email, new_email=user.email, link=link)


def send_email_undone(user: User) -> None:
    """To the address that is in force again."""
    _send("email_undone", user)


def send_email_taken(user: User, *, sent: bool = True) -> None:
    """To the owner of an address which somebody else wanted to sign up with or move to."""
    _send("email_taken", user, sent=sent)


def send_account_deleted(email: str, nickname: str, link: str) -> None:
    """Goodbye, and how to come back; belongs to nobody any more."""
    _send("account_deleted", None, email, nickname=nickname, link=link)


def send_account_restored(user: User) -> None:
    """Notice: the deletion was undone."""
    _send("account_restored", user)


def send_wrong_keys(user: User) -> None:
    """Notice: the key was entered wrongly too often in a session, which was ended."""
    _send("wrong_keys", user)


def send_new_device(user: User, browser: str, network: str) -> None:
    """Notice: a log-in from a browser that was not used for this account before."""
    _send("new_device", user, browser=browser, network=network, moment=clock.now())


def _send(
    name: str,
    owner: User | None,
    to: str = "",
    *,
    life: timedelta | None = None,
    sent: bool = True,
    reference: str = "",
    **context: Any,
) -> None:
    if owner is not None:
        context["user"] = owner
        to = to or owner.email
    parts = {
        "subject": render_template(f"email/{name}/subject.txt", **context).strip(),
        "text": render_template(f"email/{name}/body.txt", **context).strip() + "\n",
        "html": render_template(f"email/{name}/body.html", **context),
    }
    reference = reference or str(uuid.uuid4())
    text = json.dumps({"id": reference, "name": name, "to": to, **parts})
    sealed = sealing.seal(current_app.config["SESSION_SECRET"], text)
    expires_at: datetime = clock.now() + (life or config.OUTBOX_LIFETIME)
    db.session.add(
        OutboxItem(
            user_id=owner.id if owner and sent else None,
            kind="mail",
            reference=reference,
            sealed=sealed if sent else None,
            state=WAITING if sent else DONE,
            expires_at=expires_at,
        )
    )
