"""A tour of the whole site: each view, in earnest, and what the worker does by itself."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import time_machine
from flask import Flask

from minimaluser import jobs, outbox, readiness
from minimaluser.database import transaction
from minimaluser.lib import clock
from minimaluser.models import people
from minimaluser.security.access import addresses
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import KEY
from minimaluser.testing.plans import doing
from tests import club

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
WEAK = {"code": "123456", "new_key": "too weak", "confirm_key": "too weak"}


def tour(app: Flask, ann: Person) -> None:
    """Go everywhere; limits must be off.

    Args:
        app: with stock.
        ann: confirmed, and logged in.
    """
    carl = Person(app, "carl@example.org")
    look_around(app, Person(app, "eve@example.org"))
    join(app, carl)
    look_around(app, carl)
    carl.post("/confirm")
    carl.key = carl.mailed(KEY)
    assert press(carl, "/confirm/") == 303
    look_around(app, ann)
    live(app, carl)
    move(app, carl)
    forget(app, carl)
    get_news(app, carl)
    leave(app, carl)
    ann.log_in()
    work(app)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        work(app)


def look_around(app: Flask, person: Person) -> None:
    """Open every address, and send a form to each that is not accepted."""
    every = [each for each in addresses(app) if not each.example.startswith("/dev/")]
    for each in every:
        if each.methods == {"GET"}:
            for htmx in (False, True):
                person.get(each.example, htmx=htmx)
        elif each.example != "/logout":
            person.post(each.example, WEAK)


def press(person: Person, start: str, email: str = "", **form: str) -> int:
    """Open the newest link that starts so, and press the button of its page."""
    page = person.open(person.link(start, email))
    path = urlsplit(page.request.url).path
    return person.post(path, form).status_code


def join(app: Flask, carl: Person) -> None:
    carl.post("/check/signup/email", {"email": carl.email}, htmx=True)
    carl.sign_up()
    carl.get("/signup/mail")
    work(app)


def live(app: Flask, carl: Person) -> None:
    carl.enter_key()
    carl.post("/profile/first-key")
    carl.reset_key()
    carl.log_in("wrong")
    carl.log_in(keep="y")
    carl.choose_key()
    carl.post("/check/nickname/nickname", {"nickname": "Carl the First"}, htmx=True)
    carl.must(carl.post("/profile/nickname", {"nickname": "Carl the First"}))
    carl.must(carl.post("/profile/tile", {"seed": "0123456789abcdef"}))
    carl.elsewhere().log_in()
    carl.elsewhere().log_in()
    carl.must(carl.post("/profile/sessions/2"))
    carl.must(carl.post("/profile/sessions"))
    carl.log_out()
    carl.must(carl.log_in())
    work(app)


def move(app: Flask, carl: Person) -> None:
    before, carl.email = carl.email, "carl@new.example"
    carl.must(carl.ask_to_move(carl.email))
    assert press(carl, "/email/confirm/") == 303
    work(app)
    assert press(carl.elsewhere(), "/email/undo/", before) == 303
    carl.email = before


def forget(app: Flask, carl: Person) -> None:
    phone = carl.elsewhere()
    where, code = phone.ask_for_code()
    phone.get(where)
    phone.use_code(where, "000000" if code != "000000" else "111111")
    assert phone.use_code(where, code).status_code == 303
    phone.ask_for_code()
    form = {"new_key": "a key by the link", "confirm_key": "a key by the link"}
    assert press(phone.elsewhere(), "/reset-key/mail/", **form) == 303
    carl.key = form["new_key"]
    carl.ask_for_code("nobody@example.org")
    carl.must(carl.log_in())
    work(app)


def get_news(app: Flask, carl: Person) -> None:
    with app.app_context(), doing("club.send_news"), transaction():
        club.send_news(people.by_email(carl.email))
    address = carl.link("/mail/")
    carl.get(address)
    carl.get("/profile")
    app.test_client().post(address, data=ONE_CLICK)
    for way in ("again", "stop"):
        carl.must(carl.post(f"{address}/{way}"))


def leave(app: Flask, carl: Person) -> None:
    carl.get("/profile/export")
    carl.leave()
    work(app)
    assert press(carl.elsewhere(), "/closing/undo/") == 303
    carl.reset_key()
    carl.must(carl.log_in())
    carl.leave()


def work(app: Flask) -> None:
    """Do what the worker does, and what looks after it."""
    with app.app_context():
        with doing("the worker: a task"):
            outbox.drain()
        for job in (job for part in services_of(app).parts for job in part.jobs):
            with doing(f"the worker: {job.name}"):
                jobs.run(job)
        with doing("the age of the queue"):
            readiness.queue()
