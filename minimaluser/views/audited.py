"""Which answer is which security event: a line in the log for each, in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, request

from minimaluser.lib import audit

# endpoint: what it is called when it was done, and when it was refused; docs/deploy.md explains
EVENTS = {
    "signup.create": ("user_created", "user_creation_fail"),
    "confirmation.update": ("user_confirmed", ""),
    "confirmation.create": ("user_confirmation_asked", ""),
    "session.create": ("authn_login_success", "authn_login_fail"),
    "session.destroy": ("authn_logout", ""),
    "key_reset.create": ("authn_reset_asked", ""),
    "key_reset.update": ("authn_password_reset", "authn_password_reset_fail"),
    "key_entry.create": ("authn_key_entered", "authn_key_entry_fail"),
    "key_reset_link.update": ("authn_password_reset", "authn_password_reset_fail"),
    "access_key.update": ("authn_password_change", "authn_password_change_fail"),
    "first_key.update": ("authn_first_key_replaced", ""),
    "email_address.update": ("user_email_asked", "user_email_fail"),
    "email_confirmation.update": ("user_email_changed", ""),
    "email_undo.update": ("user_email_restored", ""),
    "nickname.update": ("user_updated", ""),
    "sessions.destroy": ("session_revoked", ""),
    "sessions.destroy_others": ("sessions_revoked", ""),
    "export.show": ("sensitive_read", ""),
    "closing.create": ("user_deleted", "user_deletion_fail"),
    "closing_undo.update": ("user_restored", ""),
}

View = Callable[..., Any]


def register(app: Flask) -> None:
    """Look at what these views answer; a request that is turned away before is no event of theirs.

    Raises:
        KeyError: a line of the table is about no view.
    """
    for endpoint, names in EVENTS.items():
        app.view_functions[endpoint] = _noted(app.view_functions[endpoint], *names)


def _noted(view: View, done: str, refused: str) -> View:
    @wraps(view)
    def noted(**arguments: str) -> Response:
        answer: Response = view(**arguments)
        if answer.status_code < 400 and not audit.is_left_out():
            audit.note(done, email=request.form.get("email", ""))
        elif refused and answer.status_code == 422:
            audit.note(refused, logging.WARNING, email=request.form.get("email", ""))
        return answer

    return noted
