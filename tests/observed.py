"""What a number of the rules does to the site, as people see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask

from minimaluser import accounts, create_app, outbox, readiness
from minimaluser.database import transaction
from minimaluser.lib import clock as now
from minimaluser.models import OutboxItem, Session, people
from minimaluser.rules import DAY, HOUR, MINUTE
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of, work
from minimaluser.testing.people import NEW_KEY
from tests import club


@dataclass
class World:
    """A site whose time stands still, and people."""

    app: Flask
    ann: Person
    ben: Person
    eve: Person
    clock: time_machine.Traveller
    folder: Path

    def later(self, time: timedelta) -> None:
        self.clock.shift(time)

    def purged(self, what: str) -> int:
        with self.app.app_context():
            return accounts.purge()[what]

    def kept_by(self, person: Person, answer: Any, name: str) -> timedelta:
        """How long the browser keeps a cookie."""
        (line,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith(name))
        found = re.search(r"Max-Age=(\d+)", line)
        assert found
        return timedelta(seconds=int(found[1]))


Observe = Callable[[World], Any]


def says(path: str, field: str, typed: str, words: str) -> Observe:
    """Whether the check of a field says these words."""
    return lambda w: words in w.ann.post(path, {field: typed}, htmx=True).text


def key_says(typed: str, words: str) -> Observe:
    return says("/check/key/new_key", "new_key", typed, words)


def nickname_says(typed: str, words: str) -> Observe:
    return says("/check/nickname/nickname", "nickname", typed, words)


def code_of(w: World) -> Any:
    page = w.ann.elsewhere()
    address = page.post("/forgot-key", {"email": w.ann.email}).location
    (code,) = re.findall(r"^(\d+)$", w.ann.mails()[0].text, re.MULTILINE)
    return len(code), page.use_code(address, code, NEW_KEY).status_code


def long_field(w: World) -> int:
    return w.eve.post("/login", {"email": w.ann.email, "key": "x" * 200}).status_code


def many_fields(w: World) -> int:
    return w.eve.post("/login", {"email": w.ann.email, "key": "x"}).status_code


def body(w: World) -> Any:
    app = create_app({"INSTANCE_PATH": str(w.folder)})
    return app.config["MAX_CONTENT_LENGTH"], app.config["MAX_FORM_MEMORY_SIZE"]


def link(start: str, ask: Callable[[World], Person], time: timedelta) -> Observe:
    """What a link answers after some time."""

    def observe(w: World) -> int:
        person = ask(w)
        address = person.link(start, "ann@new.example" if start == "/email/confirm/" else None)
        w.later(time)
        return w.eve.get(address).status_code

    return observe


def signs_up(w: World) -> Person:
    w.eve.sign_up()
    return w.eve.elsewhere()


def moves(w: World) -> Person:
    assert w.ann.ask_to_move("ann@new.example").status_code == 303
    return w.ann


def leaves(w: World) -> Person:
    w.ann.leave()
    return w.ann


def mail_stopped_later(w: World) -> int:
    with w.app.app_context(), transaction():
        club.send_news(people.by_email(w.ann.email))
    w.later(45 * DAY)
    return w.eve.get(w.ann.link("/mail/")).status_code


def code_later(w: World) -> int:
    page = w.ann.elsewhere()
    address, code = page.ask_for_code()
    w.later(7 * MINUTE)
    return page.use_code(address, code, NEW_KEY).status_code


def cookie_of_a_link(w: World) -> timedelta:
    link = signs_up(w).link("/confirm/")
    return w.kept_by(w.eve, w.eve.get(link), "mu_link_")


def page_of_a_code(w: World) -> int:
    person = w.ann.elsewhere()
    address, _ = person.ask_for_code()
    w.later(30 * MINUTE)
    return person.get(address).status_code


def first_key_later(w: World) -> int:
    w.eve.sign_up()
    w.eve.log_out()
    w.later(5 * DAY)
    return w.eve.log_in().status_code


def export_later(w: World) -> int:
    w.ann.log_out()
    w.ann.log_in()
    w.later(7 * MINUTE)
    return w.ann.get("/profile/export").status_code


def two_wrong_keys(w: World) -> bool:
    for _ in range(2):
        w.ann.post("/profile/delete", {"current_key": "wrong"})
    return w.ann.is_logged_in


def right_after_wrong(w: World) -> int:
    person = w.ann.elsewhere()
    address, code = person.ask_for_code()
    person.use_code(address, "000000" if code != "000000" else "111111", NEW_KEY)
    return person.use_code(address, code, NEW_KEY).status_code


def code_purged(w: World) -> int:
    w.ann.elsewhere().ask_for_code()
    w.later(5 * HOUR)
    return w.purged("codes")


def logged_in_after(time: timedelta, **form: str) -> Observe:
    def observe(w: World) -> bool:
        person = w.ann.elsewhere()
        person.log_in(**form)
        for _ in range(2):  # the half of it is no long idling
            w.later(time / 2)
            here = person.is_logged_in
        return here

    return observe


def idle_for(time: timedelta, **form: str) -> Observe:
    def observe(w: World) -> bool:
        person = w.ann.elsewhere()
        person.log_in(**form)
        w.later(time)
        return person.is_logged_in

    return observe


def seen_again(w: World) -> bool:
    w.later(2 * MINUTE)
    w.ann.get("/profile")
    user = user_of(w.app, w.ann.email)
    assert user is not None
    seen = max(row.seen_at for row in rows_of(w.app, Session, Session.user_id == user.id))
    return bool(seen == now.now())


def third_session(w: World) -> bool:
    for _ in range(2):
        w.ann.elsewhere().log_in()
    return w.ann.is_logged_in


def known_browser(w: World) -> timedelta:
    return w.kept_by(w.ann, w.ann.elsewhere().log_in(), "mu_browser")


def consent(w: World) -> Any:
    kept = w.kept_by(w.eve, w.eve.post("/cookies", {"analysis": "y"}), "mu_consent")
    w.later(50 * DAY)
    return kept, "cookie-banner" in w.eve.get("/").text


def appearance(w: World) -> timedelta:
    return w.kept_by(w.eve, w.eve.post("/appearance", {"scheme": "dark"}), "mu_appearance")


def security_txt_good_for(w: World) -> int:
    """How many days a copy of the file is good."""
    change_settings(w.app, contact_email="holes@example.org")
    text = w.eve.get("/.well-known/security.txt").text
    found = re.search(r"^Expires: (\S+)$", text, re.MULTILINE)
    assert found
    return (datetime.fromisoformat(found[1]).date() - now.now().date()).days


def policy(w: World) -> str:
    return w.eve.get("/privacy-notice").text


def double_click(w: World) -> bool:
    with w.app.test_request_context():
        accounts.sign_up(w.eve.email, "Firefox", "browser")
    w.later(30 * timedelta(seconds=1))
    with w.app.test_request_context():
        try:
            accounts.sign_up(w.eve.email, "Firefox", "browser")
        except accounts.Refused:
            return False
        return True


def purged_later(what: str, time: timedelta) -> Observe:
    def observe(w: World) -> bool:
        work(w.app)
        w.later(time)
        return w.purged(what) > 0

    return observe


def events_listed(w: World) -> bool:
    with w.app.app_context():
        user = user_of(w.app, w.ann.email)
        assert user is not None
        return len(accounts.list_events(user)) > 1


def notice_waits(w: World) -> Any:
    w.ann.elsewhere().reset_key(NEW_KEY)
    row = rows_of(w.app, OutboxItem, OutboxItem.kind == "mail")[-1]
    return row.expires_at - now.now()


def lease(w: World) -> Any:
    with w.app.app_context():
        claimed = outbox._claim()
    (row,) = rows_of(w.app, OutboxItem, OutboxItem.id == claimed)
    return row.due_at - now.now()


def night_of(_w: World) -> int:
    return club.count.last_due(now.now()).hour


def ready_later(w: World) -> bool:
    work(w.app)
    w.eve.sign_up()
    w.later(10 * MINUTE)
    with w.app.app_context():
        return readiness.look()["queue"]
