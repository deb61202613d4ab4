"""The account to try things with: made for a site that nobody uses yet, never in production."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.database import db
from minimaluser.models import User
from minimaluser.settings import ROOT, settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import count
from tools import demo, welcome


@pytest.fixture
def deserted(app: Flask) -> Flask:
    """A site where nobody has an account."""
    with app.app_context():
        db.session.execute(db.delete(User))
        db.session.commit()
    return app


def test_somebody_may_log_in_with_the_key_that_is_said(deserted: Flask) -> None:
    demo.provide(deserted)
    key = demo.known(settings_of(deserted))
    person = Person(deserted, demo.EMAIL, key)
    person.log_in()
    assert "confirm" not in person.get("/profile").text.partition("<h1")[2].partition("</h1>")[0]
    with deserted.app_context():
        user = db.session.scalar(db.select(User))
        assert user.is_confirmed
        assert not user.key_is_first, "it would expire"
    assert f"log in as {demo.EMAIL} with the key {key}" in welcome.words(settings_of(deserted))


def test_a_second_start_says_the_same_key(deserted: Flask) -> None:
    demo.provide(deserted)
    key = demo.known(settings_of(deserted))
    demo.provide(deserted)
    assert demo.known(settings_of(deserted)) == key
    assert count(deserted, User) == 1
    file = settings_of(deserted).instance_path / demo.FILE
    assert file.stat().st_mode & 0o077 == 0


def test_a_key_that_was_changed_is_said_no_more(deserted: Flask) -> None:
    demo.provide(deserted)
    person = Person(deserted, demo.EMAIL, demo.known(settings_of(deserted)))
    person.log_in()
    person.choose_key("blue kettle sings at noon")
    demo.provide(deserted)
    assert demo.known(settings_of(deserted)) == ""
    assert demo.EMAIL not in welcome.words(settings_of(deserted))


def test_nobody_is_added_where_somebody_is(app: Flask) -> None:
    before = count(app, User)
    demo.provide(app)
    assert count(app, User) == before
    assert demo.known(settings_of(app)) == ""


def test_OP1_production_never_gets_the_account(production: Flask) -> None:
    with production.app_context():
        db.session.execute(db.delete(User))
        db.session.commit()
    with pytest.raises(RuntimeError, match="for development"):
        demo.provide(production)
    assert count(production, User) == 0
    image = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert "!tools\n" not in image, "it is not even there"


def test_what_is_to_be_tried_is_there(app: Flask) -> None:
    said = welcome.words(settings_of(app))
    assert (ROOT / welcome.TO_SEE).is_file()
    assert f"{settings_of(app).site_url}/dev/mailbox" in said
    assert re.findall(r"^ +(\d)\. ", said, re.MULTILINE) == ["1", "2", "3"]
