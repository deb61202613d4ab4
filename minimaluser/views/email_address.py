"""The e-mail address on the profile."""

from flask import Blueprint, Response
from flask_login import login_required

from minimaluser import accounts
from minimaluser.forms import EmailForm
from minimaluser.views.profile import edit_row, show_row
from minimaluser.views.visitor import me

bp = Blueprint("email_address", __name__)


@bp.get("/profile/email")
@login_required
def edit() -> Response:
    return edit_row("email", _form())


@bp.post("/profile/email")
@login_required
def update() -> Response:
    form = _form()
    key = form.current_key.data if form.current_key else None
    if not form.attempt(accounts.change_email, me(), form.email.data, key):
        return edit_row("email", form, 422)
    return show_row("email", f"We have sent a mail to {me().pending_email}.")


def _form() -> EmailForm:
    """The key is asked for only when it was not entered in the last minutes."""
    form = EmailForm()
    if not accounts.is_recent_key_needed(me()):
        del form.current_key
    return form
