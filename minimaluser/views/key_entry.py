"""Entering the access key again before a sensitive action, in a dialog or on a page of its own."""

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.forms import KeyEntryForm
from minimaluser.lib import htmx
from minimaluser.lib.text import span
from minimaluser.rules import rules
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me, remember
from minimaluser.views.redirects import granted, next_address

bp = Blueprint("key_entry", __name__)


@bp.get("/key-entry")
@access(LOGGED_IN)
def new() -> Response:
    part = "key_entry_dialog" if htmx.is_asking() else "key_entry_form"
    form = KeyEntryForm(next=next_address(url_for("profile.show")))
    return htmx.render("key_entry", part, user=me(), form=form)


@bp.post("/key-entry")
@access(LOGGED_IN, done="authn_key_entered", refused="authn_key_entry_fail")
def create() -> Response:
    form = KeyEntryForm()
    if not form.attempt(accounts.enter_key, me(), form.current_key):
        return htmx.render("key_entry", "key_entry_form", 422, user=me(), form=form)
    if htmx.is_asking():
        return granted(me())
    remember(me())
    quiet = f"for {span(rules.recent_key)} we will not ask again."
    message = f"Thank you. Please press the button once more; {quiet}"
    return htmx.go(next_address(url_for("profile.show")), message, "info")
