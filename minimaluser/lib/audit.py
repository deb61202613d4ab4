"""Security events in the log, named after OWASP's logging vocabulary; none contains a secret."""

from __future__ import annotations

import logging
from typing import Any

from flask import current_app, g, has_request_context, request

from minimaluser.lib import logs, tokens

log = logging.getLogger("minimaluser.audit")


def note(event: str, level: int = logging.INFO, *, email: str = "", **details: Any) -> None:
    """Write a line about a security event.

    Args:
        event: name of the event in the vocabulary.
        level: a level of `logging`.
        email: address that the event concerns, as typed; only a keyed hash of it is written.
        details: plain values, no secrets; `actor`, the id of the user, is filled in if missing.
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
    """Record whose account this request is about; used if nobody is logged in when it ends."""
    if has_request_context():
        g.concerned = user_id


def leave_out() -> None:
    """Log no event for this request: nothing was refused, but nothing was done either."""
    g.left_out = True


def is_left_out() -> bool:
    """Tell whether `leave_out` was called in this request."""
    return "left_out" in g


def _named(email: str) -> str:
    return tokens.keyed_digest(
        current_app.config["SECRET_KEY"], f"audit/{email.strip().casefold()}"
    )[:16]
