"""A user who is removed while a request of theirs is under way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from minimaluser import accounts
from minimaluser.accounts import removal
from minimaluser.database import db
from minimaluser.models import people
from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY

REFUSED = {
    "/profile/nickname": ("change_nickname", {"nickname": "Somebody Else"}),
    "/profile/email": ("change_email", {"email": "ben@new.example", "current_key": "x"}),
    "/profile/key": (
        "change_key",
        {"current_key": "x", "new_key": NEW_KEY, "confirm_key": NEW_KEY},
    ),
    "/profile/delete": ("close_account", {"current_key": "x"}),
    "/key-entry": ("enter_key", {"current_key": "x"}),
}


def purged(app: Flask, email: str, field: str) -> Callable[..., Any]:
    """A use case that refuses what was typed, and finds the user gone after its rollback."""

    def purge() -> None:
        with app.app_context():
            removal.remove(people.by_email(email))
            db.session.commit()

    def refuse(*_arguments: Any) -> None:
        db.session.rollback()
        db.session.expire_all()
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(purge).result()
        raise accounts.Refused(field, "Not this one.")

    return refuse


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("path", REFUSED)
def test_AZ2_a_user_who_is_purged_while_a_form_is_refused_is_a_guest(
    app: Flask, ben: Person, monkeypatch: pytest.MonkeyPatch, path: str, htmx: bool
) -> None:
    verb, form = REFUSED[path]
    monkeypatch.setattr(accounts, verb, purged(app, ben.email, next(iter(form))))
    answer = ben.post(path, form, htmx=htmx)
    assert answer.status_code in {303, 401}, answer.text
    assert "/login" in (answer.location or answer.headers["HX-Redirect"])
    assert "You were logged out of this browser meanwhile" in ben.get("/login").text
    assert not ben.is_logged_in
