"""A transaction that only reads takes no lock to write, and one that writes says so first (ST3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from minimaluser import database
from minimaluser.database import db, transaction, transaction_before
from minimaluser.lib import hashing, strength
from minimaluser.models import User, people
from minimaluser.security.access import EVERYBODY, access
from minimaluser.settings import settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, statements, user_of
from minimaluser.testing.people import NEW_KEY

LOCK = "BEGIN IMMEDIATE"
READ = ["/", "/about", "/signup", "/login", "/forgot-key", "/cookies", "/profile", "/club"]
READ += ["/profile/nickname", "/profile/sessions", "/profile/events", "/readyz"]
WEAK = {"code": "123456", "new_key": "too weak", "confirm_key": "too weak"}


@pytest.fixture
def write(app: Flask) -> Callable[..., None]:
    """Somebody else writes, and waits for nobody."""

    def write(*_about: Any) -> None:
        other = sqlite3.connect(settings_of(app).instance_path / "site.db", timeout=0)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE users SET tile_colour = '#123456'")
        other.commit()
        other.close()

    return write


def changed(app: Flask, person: Person) -> bool:
    return user_of(app, person.email).tile_colour == "#123456"


def before(function: Callable[..., Any], deed: Callable[..., None]) -> Callable[..., Any]:
    def doing(*args: Any, **more: Any) -> Any:
        deed()
        return function(*args, **more)

    return doing


@pytest.mark.sqlite
@pytest.mark.parametrize("who", ["guest", "ann"])
def test_ST3_others_write_while_a_field_is_checked(
    app: Flask,
    ann: Person,
    write: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    who: str,
) -> None:
    monkeypatch.setattr(strength, "zxcvbn", before(strength.zxcvbn, write))
    person = ann if who == "ann" else ann.elsewhere()
    for form in ("key", "reset-key"):
        change(app, User, user_of(app, ann.email).id, tile_colour="#000000")
        answer = person.post(f"/check/{form}/new_key", {"new_key": NEW_KEY}, htmx=True)
        assert answer.status_code == 200
        assert changed(app, ann)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/profile/delete", "verify_key"),
        ("/profile/key", "verify_key"),
        ("/profile/key", "hash_key"),
        ("/profile/first-key", "hash_key"),
        ("/profile/email", "hash_key"),
        ("/login", "verify_key"),
    ],
)
def test_ST3_others_write_while_a_key_is_hashed(
    app: Flask,
    ann: Person,
    write: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    name: str,
) -> None:
    change(app, User, user_of(app, ann.email).id, key_is_first=True)
    monkeypatch.setattr(hashing, name, before(getattr(hashing, name), write))
    person = ann.elsewhere() if path == "/login" else ann
    form = {"email": ann.email, "key": ann.key, "current_key": ann.key}
    form |= {"new_key": NEW_KEY, "confirm_key": NEW_KEY}
    if path == "/profile/email":
        form["email"] = "ann@new.example"
    assert person.post(path, form).status_code in {200, 303}
    assert path == "/profile/delete" or changed(app, ann)


@pytest.mark.sqlite
@pytest.mark.parametrize("path", READ)
def test_ST3_no_page_takes_the_lock_to_write(app: Flask, ann: Person, path: str) -> None:
    for person in (ann, ann.elsewhere()):
        with statements(app) as seen:
            person.get(path)
        assert LOCK not in seen


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/check/signup/email", {"email": "new@example.org"}),
        ("/check/reset-key/new_key", {"new_key": NEW_KEY}),
        ("/check/key/new_key", {"new_key": NEW_KEY}),
        ("/profile/nickname", {"nickname": "x"}),
        ("/profile/key", {"current_key": "x", **WEAK}),
        ("/reset-key/x.y.z", WEAK),
    ],
)
def test_ST3_what_is_checked_or_refused_takes_the_lock_for_its_count_alone(
    app: Flask, ann: Person, path: str, form: dict[str, str]
) -> None:
    token = ann.token()
    with statements(app) as seen:
        ann.post(path, form, token=token)
    if path == "/profile/nickname":
        assert LOCK not in seen  # what costs nothing is not counted
        return
    assert seen.count(LOCK) == 1
    locked = seen[seen.index(LOCK) + 1 :]
    until = next((n for n, sql in enumerate(locked) if sql == "BEGIN"), len(locked))
    assert locked[:until]
    assert all("hit" in sql for sql in locked[:until])


@pytest.mark.sqlite
@pytest.mark.usefixtures("no_limits")
def test_ST3_what_was_read_before_keeps_nobody_from_writing_and_the_writer_sees_it(
    app: Flask, ann: Person, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else SQLite says "database is locked" at once to one that has read and then writes."""
    monkeypatch.setattr(database, "_at_the_door", write)
    assert ann.post("/profile/nickname", {"nickname": "Ann the First"}).status_code == 303
    user = user_of(app, ann.email)
    assert (user.nickname, user.tile_colour) == ("Ann the First", "#123456")


def test_ST3_a_request_that_writes_outside_a_transaction_fails_loudly(
    app: Flask, ann: Person
) -> None:
    def by_row() -> str:
        user = db.session.scalars(select(User)).first()
        user.tile_colour = "#654321"
        db.session.commit()
        return "written"

    def by_statement() -> str:
        db.session.execute(update(User).values(tile_colour="#654321"))
        return "written"

    def before_it() -> str:
        user = db.session.scalars(select(User)).first()
        user.tile_colour = "#654321"
        with transaction():
            people.lock(user.id)
        return "written"

    def one_in_another() -> str:
        with transaction(), transaction_before():
            return "written"

    for view in (by_row, by_statement, before_it, one_in_another):
        app.view_functions["pages.about"] = access(EVERYBODY)(view)
        with pytest.raises(RuntimeError, match="transaction"):
            ann.get("/about")
    assert user_of(app, ann.email).tile_colour != "#654321"


def test_ST3_what_was_loaded_stays_loaded_and_costs_nothing_more(app: Flask, ann: Person) -> None:
    identity = user_of(app, ann.email).id

    def view() -> str:
        user = people.by_id(identity)
        with statements(app) as seen, transaction():
            assert user.email == ann.email
        return str([sql for sql in seen if "BEGIN" not in sql])

    app.view_functions["pages.about"] = access(EVERYBODY)(view)
    assert ann.get("/about").text == "[]"


def test_ST3_after_a_failure_the_next_transaction_works(app: Flask, ann: Person) -> None:
    def view() -> str:
        for _ in range(2):
            with suppress(KeyError), transaction():
                db.session.execute(update(User).values(tile_colour="#654321"))
                raise KeyError
        with transaction_before():
            pass
        return "done"

    app.view_functions["pages.about"] = access(EVERYBODY)(view)
    assert ann.get("/about").text == "done"
    assert user_of(app, ann.email).tile_colour != "#654321"
