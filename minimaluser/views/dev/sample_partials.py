"""The partials of the core, for the gallery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minimaluser import forms, parts
from minimaluser.lib import clock
from minimaluser.mailer import contract
from minimaluser.parts import Sample
from minimaluser.views.dev.samples import (
    TOKEN,
    about,
    events,
    person,
    refused,
    refused_as_a_whole,
    subscription,
)

AROUND = (
    "navbar",
    "cookie_banner",
    "features",
    "tile_wall",
    "token_help",
    "dialogs",
    "spare_toasts",
)


def partials() -> Iterator[Sample]:
    """Yield every partial of the core in every state."""
    for name, state, arguments in _partials():
        yield Sample(name, state, arguments)


def _partials() -> Iterator[tuple[str, str, dict[str, Any]]]:
    new, old = person(is_confirmed=False, key_is_first=True), person()
    moving = person(pending_email="ann@new.example")
    yield "confirm_notice", "unconfirmed", {"user": new, "is_sent": True}
    yield "confirm_notice", "not sent", {"user": new, "is_sent": False}
    yield "signup_mail", "as it is", {}
    for row in parts.rows():
        yield row.name, "as it is", {"user": old, **row.sample()}
    yield "email", "waiting for confirmation", {"user": moving}
    yield "key", "first key", {"user": new}
    yield "key", "off", {"user": person(key_off_at=clock.now())}
    yield "events", "two", {"events": events()}
    yield "events", "none", {"events": []}
    yield "first_key_notice", "as it is", {"user": new}
    yield "first_key", "to be replaced", {"user": new, "key": ""}
    yield "first_key", "shown once", {"user": new, "key": "abcde-fghij-kmnpq-rstuv"}
    for state, is_stopped in (("as it is", False), ("stopped", True)):
        yield "bulletin", state, {"subscription": subscription(is_stopped=is_stopped)}
    yield "link_about", "to somebody else", {"about": about(), "other": old}
    for form_class, noun, context in _forms():
        yield noun, "empty", {"form": form_class(formdata=None), **context}
        yield noun, "refused", {"form": refused(form_class), **context}
        yield noun, "refused as a whole", {"form": refused_as_a_whole(form_class), **context}
    yield "field_error", "refused", {"field": refused(forms.SignupForm).email}
    for category in ("success", "info", "error"):
        yield "toast", category, {"message": "This is what happened.", "category": category}
    yield "empty_state", "as it is", {"title": "Nothing here yet", "text": "It will come."}
    yield from _around(old)


def _around(user: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in AROUND:
        yield name, "as it is", {}
    yield "user_menu", "logged in", {"user": user}
    yield "link_done", "logged in", {"user": user}
    yield "link_done", "guest", {"user": person(is_authenticated=False)}
    yield "breadcrumbs", "two", {"trail": [("Home", "/"), ("Profile", None)]}
    yield "page_head", "with a lead", {"title": "A page", "lead": "What one finds on it."}
    for state, is_guest in (("guest", True), ("logged in", False)):
        yield "hero", state, {"is_guest": is_guest}
        yield "site_menu", state, {"here": "/", "is_guest": is_guest}
    year = {"this_year": clock.now().year}
    yield "footer", "with settings", {"settings": True, "here": "/", **year}
    yield "footer", "on the cookie page", {"settings": True, "here": "/cookies", **year}
    yield "footer", "on an error page", {"settings": False, "here": "", **year}
    sent = {"id": "1", "to": user.email, "subject": "Hello", "created_at": "now", "text": "Hello."}
    yield "mail_card", "as it is", {"mail": {**sent, "headers": {}}}
    stops = contract.stop_headers("https://example.org/mail/x")
    yield "mail_card", "one that can be stopped", {"mail": {**sent, "headers": stops}}


def _forms() -> Iterator[tuple[type[forms.Form], str, dict[str, Any]]]:
    user = person()
    yield forms.SignupForm, "signup_form", {}
    yield forms.LoginForm, "login_form", {}
    yield forms.LoginForm, "login_dialog", {}
    yield forms.ForgotKeyForm, "forgot_key_form", {}
    yield forms.ResetKeyForm, "reset_key_form", {"token": TOKEN}
    link = {"about": about(), "other": None}
    yield forms.NewKeyForm, "new_key_form", link
    for noun in ("confirm", "email_confirm", "email_undo", "closing_undo"):
        yield forms.LinkForm, f"{noun}_form", link
    for row in parts.rows():
        if row.form:
            yield row.form, f"{row.name}_form", {"user": user, **row.sample()}
    yield forms.KeyEntryForm, "key_entry_form", {"user": user}
    yield forms.KeyEntryForm, "key_entry_dialog", {"user": user}
    yield forms.ClosingForm, "closing_form", {"user": user}
    yield forms.CookieForm, "cookie_form", {}
