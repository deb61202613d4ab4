"""Whose address it is, in one world; in the other they have another one and do the same there."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask

from minimaluser import accounts
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of
from minimaluser.testing.patterns import CODE

KEY, NEW_KEY = "nine grey herons wait here", "ten grey herons wait here"
ELSEWHERE = "later@moved.example"
KINDS = ("confirmed", "unconfirmed", "disabled", "closed", "moving", "awaited")


class Owner:
    """Somebody with an account of some kind, made as people make them."""

    def __init__(self, app: Flask, email: str, kind: str) -> None:
        self.app = app
        state = {"unconfirmed": "unconfirmed", "disabled": "disabled"}.get(kind, "confirmed")
        start = "first@moved.example" if kind == "awaited" else email
        with app.app_context():
            accounts.create_user(start, state, KEY)
        self.person = Person(app, start, KEY)
        self.person.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        if kind in {"closed", "moving", "awaited"}:
            self.person.log_in()
        if kind == "closed":
            self.person.leave()
        if kind in {"moving", "awaited"}:
            self.person.ask_to_move(ELSEWHERE if kind == "moving" else email)

    def come(self) -> None:
        """Log in, if that is possible: what fails counts for the address, an account or not."""
        found = user_of(self.app, self.person.email)
        if found is not None and found.is_active:
            self.person.log_in()

    def forget_key(self) -> None:
        self.person.post("/forgot-key", {"email": self.person.email})

    def reset_key(self) -> None:
        answer = self.person.post("/forgot-key", {"email": self.person.email})
        with suppress(AssertionError):  # no code, as the account is none, or of the mails too many
            code = self.person.mailed(CODE)
            if self.person.use_code(answer.location or "/", code, NEW_KEY).status_code == 303:
                self.person.key = NEW_KEY

    def confirm(self) -> None:
        with suppress(AssertionError):
            self.person.post("/confirm")
            self.person.confirm()

    def move(self) -> None:
        self.person.ask_to_move(ELSEWHERE)

    def rename(self) -> None:
        self.person.post("/profile/nickname", {"nickname": "Quiet Owl"})

    def leave(self) -> None:
        self.person.post("/profile/delete", {"current_key": self.person.key})
