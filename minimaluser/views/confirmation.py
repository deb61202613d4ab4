"""Confirming the address of an account: the link shows a button, the button acts."""

from functools import partial

from flask import Blueprint, Response, url_for
from flask_login import login_required

from minimaluser import accounts
from minimaluser.lib import htmx
from minimaluser.views.mailed_link import MailedLink
from minimaluser.views.visitor import know_browser, me, remember, user_agent, visitor

bp = Blueprint("confirmation", __name__)
link = MailedLink(bp, "/confirm/", partial(accounts.look_at, "confirm"), "confirm")

OFF = "The access key was set in another browser before, so it is off: please choose a new one."
TOO_SOON = "A mail is on its way already. Please wait a little before you ask for another one."


@link.button
def update(token: str) -> Response:
    user = accounts.confirm(token, user_agent(), visitor())
    remember(user)
    message = "Your email is confirmed. You are logged in."
    answer = htmx.go(url_for("profile.show"), f"{message} {OFF}" if user.key_off_at else message)
    return know_browser(answer, user)


@bp.post("/confirm")
@login_required
def create() -> Response:
    sent = accounts.resend_confirmation(me())
    message = "We have sent the mail again." if sent else TOO_SOON
    if htmx.wants_part():
        return htmx.done(message, "confirm_notice", user=me())
    return htmx.go(url_for("profile.show"), message)
