"""The link mailed to a new address: it shows a button, which puts the address in force."""

from functools import partial

from flask import Blueprint, Response, session, url_for

from minimaluser import accounts
from minimaluser.lib import htmx
from minimaluser.views.browser import know_browser
from minimaluser.views.logged_in import me_or_none, remember
from minimaluser.views.mailed_link import MailedLink

bp = Blueprint("email_confirmation", __name__)
link = MailedLink(bp, "/email/confirm/", partial(accounts.look_at, "change-email"), "email_confirm")


@link.button("user_email_changed")
def update(token: str) -> Response:
    user = accounts.confirm_email(token, me_or_none())
    message = "Your new email is confirmed. The access key in that mail is in force from now on."
    if user.session is None:
        return htmx.go(url_for("login.new"), message)
    remember(user)
    session["first_key"] = True  # base.html asks to replace it
    return know_browser(htmx.go(url_for("profile.show"), message), user)
