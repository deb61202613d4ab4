"""Carries what stands in the mails of the site into the model, and sees that nothing else does."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from minimaluser import outbox
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import KEY
from tests.fuzz.people import LIFETIMES, Account, Link
from tests.fuzz.world import World


class Postman:
    """Reads every mail once; keys that went out are added to `keys`."""

    def __init__(self, app: Flask, world: World, keys: list[str]) -> None:
        self.app, self.world, self.keys = app, world, keys
        self.seen: set[str] = set()
        self.read()

    def read(self) -> None:
        """Compare what was sent since the last time with what should have been."""
        with self.app.app_context():
            new = [mail for mail in reversed(outbox.mailbox()) if mail["id"] not in self.seen]
        is_first_time = not self.seen
        self.seen |= {mail["id"] for mail in new}
        if is_first_time:
            return
        for mail in new:
            paths = ["/" + link.split("/", 3)[3] for link in mail["links"]]
            found = [(k, path) for path in paths for k in LIFETIMES if path.startswith(k)]
            key = KEY.search(mail["text"])
            if not found:
                assert key is None, "a key in a notice (EM2)"
                continue
            ((kind, path),) = found
            expected = self.world.mailed.pop(0)
            assert (mail["to"], kind) == (expected.to, expected.link.kind)
            expected.link.path = path
            assert (key is not None) == (expected.key_of is not None)
            if key and expected.key_of:
                self._tell(expected.key_of, key[1])
        assert not self.world.mailed, "not sent"

    def _tell(self, whose: Link | Account, key: str) -> None:
        assert whose.key is not None
        whose.key = replace(whose.key, text=key)
        self.keys.append(key)

    def secret(self, person: Person) -> str:
        """The secret of this browser until a log-in; a code for a key is bound to it."""
        cookie = person.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(serializer.loads(cookie.value).get("browser", "")) if cookie else ""
