"""Changing the nickname."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser import accounts
from minimaluser.models import people
from minimaluser.testing.client import Person
from minimaluser.testing.database import logged_in, snapshot, user_of


def change(app: Flask, person: Person, nickname: str) -> None:
    with app.app_context():
        accounts.change_nickname(logged_in(person.email), nickname)


def test_a_nickname_is_kept_as_it_is_shown(app: Flask, ann: Person) -> None:
    change(app, ann, "  Ann   the ＧＲＥＡＴ ")
    assert user_of(app, ann.email).nickname == "Ann the GREAT"


@pytest.mark.parametrize("typed", ["ann the great", "ANN THE GREAT", "Ａnn  the\u00a0Great"])
def test_IN3_nobody_gets_a_nickname_that_differs_in_case_alone(
    app: Flask, ann: Person, ben: Person, typed: str
) -> None:
    change(app, ann, "Ann the Great")
    before = snapshot(app)
    with pytest.raises(accounts.Refused) as refusal:
        change(app, ben, typed)
    assert refusal.value.field == "nickname"
    assert "Somebody has this nickname" in refusal.value.message
    assert snapshot(app) == before
    with app.app_context(), pytest.raises(accounts.Refused, match="Somebody has"):
        accounts.check_nickname(people.by_email(ben.email), typed)


def test_a_user_may_change_the_case_of_the_nickname(app: Flask, ann: Person) -> None:
    change(app, ann, "ann the great")
    change(app, ann, "Ann the Great")
    with app.app_context():
        accounts.check_nickname(people.by_email(ann.email), "ANN the great")
    assert user_of(app, ann.email).nickname == "Ann the Great"


def test_a_nickname_given_up_is_free(app: Flask, ann: Person, ben: Person) -> None:
    change(app, ann, "Ann the Great")
    change(app, ann, "Ann the Small")
    change(app, ben, "Ann the Great")
    assert user_of(app, ben.email).nickname == "Ann the Great"


@pytest.mark.parametrize("typed", ["", "ann", "n" * 41, "an\u202ena", "an\x00na"])
def test_IN3_the_use_case_refuses_a_text_that_is_not_a_nickname(
    app: Flask, ann: Person, typed: str
) -> None:
    with pytest.raises(accounts.Refused):
        change(app, ann, typed)


def test_no_mail_is_sent_about_a_nickname(app: Flask, ann: Person) -> None:
    before = len(ann.mails())
    change(app, ann, "Ann the Great")
    assert len(ann.mails()) == before
