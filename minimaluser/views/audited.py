"""Which answer is which security event: a line in the log for each, in one place."""

from __future__ import annotations

import logging

from flask import Flask, Response, request

from minimaluser.lib import audit

# endpoint: what it is called when it was done, and when it was refused
EVENTS = {
    "signup.create": ("user_created", "user_creation_fail"),
    "confirmation.update": ("user_confirmed", ""),
    "confirmation.create": ("user_confirmation_asked", ""),
    "session.create": ("authn_login_success", "authn_login_fail"),
    "session.destroy": ("authn_logout", ""),
    "key_reset.create": ("authn_reset_asked", ""),
    "key_reset.update": ("authn_password_reset", "authn_password_reset_fail"),
    "access_key.update": ("authn_password_change", "authn_password_change_fail"),
    "email_address.update": ("user_email_asked", "user_email_fail"),
    "email_confirmation.update": ("user_email_changed", ""),
    "email_undo.update": ("user_email_restored", ""),
    "nickname.update": ("user_updated", ""),
    "closing.create": ("user_deleted", "user_deletion_fail"),
}


def register(app: Flask) -> None:
    """Look at every answer of the app."""
    app.after_request(_note)


def _note(answer: Response) -> Response:
    done, refused = EVENTS.get(request.endpoint or "", ("", ""))
    if done and answer.status_code < 400:
        audit.note(done, email=request.form.get("email", ""))
    elif refused and answer.status_code == 422:
        audit.note(refused, logging.WARNING, email=request.form.get("email", ""))
    return answer
