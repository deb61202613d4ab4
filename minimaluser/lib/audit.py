"""Security events for the log, named after OWASP's logging vocabulary; never a secret in one."""

from __future__ import annotations

import logging
from typing import Any

from flask import current_app, g, has_request_context, request

from minimaluser.lib import logs, tokens

log = logging.getLogger("minimaluser.audit")


def note(event: str, level: int = logging.INFO, *, email: str = "", **details: Any) -> None:
    """Write a line about a security event.

    Args:
        event: its name in the vocabulary.
        level: of `logging`.
        email: whom it concerns, as typed; only a keyed hash of it is written.
        details: plain values, no secrets; `actor` is the id of the user, found if not given.
    """
    if has_request_context():
        details.setdefault("address", logs.truncated(request.remote_addr or ""))
        user = g.get("_login_user")
        if user is not None and user.is_authenticated:
            details.setdefault("actor", user.id)
        elif "concerned" in g:
            details.setdefault("actor", g.concerned)
    if email:
        details["subject"] = _named(email)
    log.log(level, event, extra={"audit": details})


def concern(user_id: int) -> None:
    """Say whose account this request is about; counts where nobody is logged in when it ends."""
    if has_request_context():
        g.concerned = user_id


def leave_out() -> None:
    """Say that what is asked for at this address is not done, although nothing is refused."""
    g.left_out = True


def is_left_out() -> bool:
    """Tell whether the answer of this request is no event."""
    return "left_out" in g


def _named(email: str) -> str:
    return tokens.keyed_digest(
        current_app.config["SECRET_KEY"], f"audit/{email.strip().casefold()}"
    )[:16]
