"""The e-mail address on the profile."""

from flask import Blueprint, Response

from minimaluser import accounts
from minimaluser.forms import EmailForm
from minimaluser.lib import audit, htmx
from minimaluser.parts import Row
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me, renew
from minimaluser.views.profile import edit_row, show_row
from minimaluser.views.redirects import ask_for_key

bp = Blueprint("email_address", __name__)
row = Row("email", EmailForm, 30)


@bp.get("/profile/email")
@access(LOGGED_IN)
def edit() -> Response:
    return edit_row("email", _form())


@bp.post("/profile/email")
@access(LOGGED_IN, done="user_email_asked", refused="user_email_fail")
def update() -> Response:
    form = _form()
    asked = form.current_key
    key = asked and (asked.data or "")
    try:
        if not form.attempt(accounts.change_email, me(), form.email, key):
            return edit_row("email", form, 422)
    except accounts.KeyNeeded:
        return ask_for_key("email")
    headers = renew(me()) if asked else {}
    answer = show_row("email", f"We have sent a mail to {me().pending_email}.")
    answer.headers.update(headers)
    return answer


@bp.post("/profile/email/again")
@access(LOGGED_IN, recent_key="email", done="user_email_asked")
def send_again() -> Response:
    if not accounts.resend_move(me()):
        return _nothing_waits()
    email = me().pending_email
    return show_row(
        "email", f"We have sent a new mail to {email}. The link in the earlier one is void."
    )


@bp.post("/profile/email/cancel")
@access(LOGGED_IN, done="user_email_cancelled")
def cancel() -> Response:
    if not accounts.cancel_move(me()):
        return _nothing_waits()
    return show_row("email", "The change is cancelled. The link that we sent is void.")


def _nothing_waits() -> Response:
    """Show the row as it is: the move was confirmed or given up elsewhere meanwhile."""
    audit.leave_out()
    return show_row("email", "No change of your email is waiting any more.")


def _form() -> EmailForm:
    """Return the form; it has a field for the key unless that is recent or a dialog asks for it."""
    form = EmailForm()
    in_place = htmx.is_htmx() and not form.current_key.raw_data
    if in_place or not accounts.is_recent_key_needed(me()):
        del form.current_key
    return form
