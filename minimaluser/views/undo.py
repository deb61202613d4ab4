"""Links that bring an account back: after a move to another address, and after a deletion."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.lib import htmx
from minimaluser.views.browser import know_browser
from minimaluser.views.logged_in import forget
from minimaluser.views.mailed_link import MailedLink


def pages(
    name: str, purpose: str, path: str, undo: Callable[[str], Any], done: str, message: str
) -> Blueprint:
    """Return a blueprint with the page behind an undo link and the action of its button."""
    bp = Blueprint(name, __name__)
    link = MailedLink(bp, path, partial(accounts.look_at, purpose), name)

    @link.button(done)
    def update(token: str) -> Response:
        user = undo(token)
        forget(user)
        return know_browser(htmx.go(url_for("key_reset.new", after="undo"), message), user)

    return bp


email = pages(
    "email_undo",
    "undo-email",
    "/email/undo/",
    accounts.undo_email,
    "user_email_restored",
    "The change is undone, and everybody is logged out.",
)
closing = pages(
    "closing_undo",
    "undo-closing",
    "/closing/undo/",
    accounts.undo_closing,
    "user_restored",
    "Your account is back, and everybody is logged out.",
)
