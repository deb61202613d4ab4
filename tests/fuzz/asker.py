"""Sends a case to the site as a server would: byte for byte, with the cookies of its person."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import create_environ, run_wsgi_app

from minimaluser.database import db
from minimaluser.models import Session, User
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.sites import Site, bring_back
from tests.fuzz.cases import Case


@dataclass(frozen=True)
class Outcome:
    """What came back, and after how long."""

    status: int
    headers: Headers
    body: bytes
    seconds: float


class Asker:
    """The shared app with Ann and Ben, who are brought back when a case has changed them."""

    def __init__(self, app: Flask, site: Site) -> None:
        self.app, self.site = app, site
        self.pool: list[str] = []
        self._set_up()

    def ask(self, case: Case) -> Outcome:
        """Send a case; the site is as it was before when the next one comes."""
        session, token = self.browsers[case.who]
        body = case.body.replace(b"<token>", token.encode())
        environ = self._environ(case, body, session)
        began = time.perf_counter()
        chunks, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        content = b"".join(chunks)
        seconds = time.perf_counter() - began
        if case.method not in {"GET", "HEAD"} and self._marks() != self.before:
            self.bring_back()
        return Outcome(int(status.split()[0]), headers, content, seconds)

    def bring_back(self) -> None:
        close(self.app)
        bring_back(self.app, self.site)
        self._set_up()

    def _environ(self, case: Case, body: bytes, session: str) -> dict[str, Any]:
        environ = create_environ("/", "http://localhost", method="GET")
        environ.update(
            {
                "REQUEST_METHOD": case.method,
                "PATH_INFO": case.path.decode("latin-1"),
                "QUERY_STRING": case.query.decode("latin-1"),
                "RAW_URI": quote(case.path) + "?" + case.query.decode("latin-1"),
                "REQUEST_URI": quote(case.path) + "?" + case.query.decode("latin-1"),
                "HTTP_SEC_FETCH_SITE": "same-origin",
                "HTTP_COOKIE": case.cookies.replace("<session>", session),
                "wsgi.input": io.BytesIO(body),
                "wsgi.input_terminated": True,
            }
        )
        if case.kind:
            environ["CONTENT_TYPE"] = case.kind
        if body:
            environ["CONTENT_LENGTH"] = str(len(body))
        environ.update(case.headers)
        return environ

    def _set_up(self) -> None:
        ann, ben = (self.site.person(self.app, name) for name in ("ann", "ben"))
        eve = Person(self.app, "eve@example.org")
        ann.ask_to_move("ann@new.example")
        flow, code = ann.ask_for_code()
        self.browsers = {}
        for name, person in {"ann": ann, "ben": ben, "eve": eve}.items():
            token = person.token()
            cookies = person.client._cookies.values() if person.client._cookies else []
            self.browsers[name] = ("; ".join(f"{c.key}={c.value}" for c in cookies), token)
        links = [ben.link("/confirm/"), ann.link("/email/undo/"), flow]
        links += [ann.link("/email/confirm/", "ann@new.example"), ann.link("/reset-key/mail/")]
        pool = [ann.email, ann.key, ben.email, ben.key, code, "a nice new key of mine", "/profile"]
        self.pool = [*pool, *(link.rpartition("/")[2] for link in links)]
        self.before = self._marks()

    def _marks(self) -> list[tuple[Any, ...]]:
        """The signs that a person, or the way in, is not as before."""
        with self.app.app_context():
            people = db.session.execute(
                db.select(User.id, User.email, User.key_hash, User.confirmed_at).order_by(User.id)
            )
            sessions = db.session.execute(
                db.select(Session.id, Session.secret_hash).order_by(Session.id)
            )
            return [tuple(row) for row in [*people, *sessions]]
