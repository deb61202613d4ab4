"""The link mailed to a new address: it shows a button, the button puts the address in force."""

from functools import partial

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.lib import htmx
from minimaluser.views.mailed_link import MailedLink
from minimaluser.views.visitor import me, remember

bp = Blueprint("email_confirmation", __name__)
link = MailedLink(bp, "/email/confirm/", partial(accounts.look_at, "change-email"), "email_confirm")


@link.button
def update(token: str) -> Response:
    visitor = me() if me().is_authenticated else None
    user = accounts.confirm_email(token, visitor)
    message = "Your new email is confirmed. The access key in that mail is in force from now on."
    if visitor is None or visitor.id != user.id:
        return htmx.go(url_for("session.new"), message)
    remember(user)
    return htmx.go(url_for("profile.show"), message)
