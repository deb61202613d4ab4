"""The link in the mail with the code: a new key without the code, on any device."""

from flask import Blueprint, Response

from minimaluser import accounts
from minimaluser.forms import NewKeyForm
from minimaluser.views.key_reset import done
from minimaluser.views.mailed_link import MailedLink

bp = Blueprint("key_reset_link", __name__)
link = MailedLink(bp, "/reset-key/mail/", accounts.look_at_reset, "new_key", NewKeyForm)


@link.button("authn_password_reset", "authn_password_reset_fail")
def update(token: str) -> Response:
    form = NewKeyForm()
    if not form.attempt(accounts.reset_key_by_link, token, form.new_key):
        return link.render(token, form, 422)
    return done(form.outcome)
