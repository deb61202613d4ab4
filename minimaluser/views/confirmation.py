"""Confirming the address of an account: the link shows a button, and only the button confirms."""

from flask import Blueprint, Response, session, url_for

from minimaluser import accounts
from minimaluser.forms import ConfirmForm
from minimaluser.lib import htmx
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.browser import know_browser, user_agent
from minimaluser.views.logged_in import me, me_or_none, remember
from minimaluser.views.mailed_link import MailedLink

bp = Blueprint("confirmation", __name__)


def _look_at(token: str) -> accounts.About:
    return accounts.look_at_confirmation(token, me_or_none())


link = MailedLink(bp, "/confirm/", _look_at, "confirm", ConfirmForm)

OFF = "The access key was set in another browser before, so it is off: please choose a new one."
SENT = "We have sent the mail again. Only the link in it works now."
SENT_WITH_KEY = "We have sent the mail again. Only the access key and the link in it work now."
NOT_NEEDED = "Your email is confirmed already."


@link.button("user_confirmed")
def update(token: str) -> Response:
    form = ConfirmForm()
    entered = (token, user_agent(), me_or_none(), form.current_key)
    if not form.attempt(accounts.confirm, *entered):
        return link.render(token, form, 422)
    user = form.outcome
    remember(user)
    session["welcome"] = True  # the profile says once how to go on
    message = "Your email is confirmed. You are logged in."
    answer = htmx.go(url_for("profile.show"), f"{message} {OFF}" if user.key_off_at else message)
    return know_browser(answer, user)


@bp.post("/confirm")
@access(LOGGED_IN, done="user_confirmation_asked")
def create() -> Response:
    sent = SENT_WITH_KEY if me().key_is_first else SENT
    message = NOT_NEEDED if me().is_confirmed else sent
    try:
        accounts.resend_confirmation(me())
    except accounts.NoMail as refusal:
        message = str(refusal)
    if htmx.wants_part():
        is_sent = accounts.is_link_on_its_way(me())
        return htmx.done(message, "confirm_notice", user=me(), is_sent=is_sent)
    return htmx.go(url_for("profile.show"), message)
