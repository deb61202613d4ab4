"""An owner undoes a move to another e-mail address (EM2, EM5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.models import Session, User
from minimaluser.rules import HOUR
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import count, snapshot, user_of
from minimaluser.testing.patterns import KEY
from tests.accounts.moving import NEW, SECOND, links_of, move


def test_EM5_undoing_restores_the_address_turns_the_key_off_and_ends_every_session(
    app: Flask, ann: Person
) -> None:
    old_email, old_key = ann.email, ann.key
    identity = user_of(app, old_email).id
    undo = move(ann)
    phone = ann.elsewhere()
    assert phone.post(undo).status_code == 303
    assert not ann.is_logged_in
    assert count(app, Session, Session.user_id == identity) == 0
    user = user_of(app, old_email)
    assert user.id == identity
    assert not user.key_is_good
    assert "was undone" in phone.mails(old_email)[0].subject
    assert not KEY.search(phone.mails(old_email)[0].text)
    assert Person(app, NEW, ann.key).log_in().status_code == 422
    owner = Person(app, old_email, old_key)
    assert owner.log_in().status_code == 422  # the thief may know it
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_EM5_either_undo_link_works_and_only_one(app: Flask, ann: Person) -> None:
    first = move(ann)
    second = ann.link("/email/undo/", "ann@example.org")
    assert first != second
    phone = ann.elsewhere()
    assert phone.open(first).status_code == phone.open(second).status_code == 200
    assert phone.post(second).status_code == 303
    assert phone.post(first).status_code == 400
    assert phone.post(second).status_code == 400
    assert user_of(app, "ann@example.org") is not None


def test_EM2_undoing_before_the_change_stops_it(app: Flask, ann: Person) -> None:
    ann.ask_to_move(NEW)
    link, undo = links_of(ann)
    assert ann.elsewhere().post(undo).status_code == 303
    assert not ann.is_logged_in
    assert user_of(app, ann.email).pending_email is None
    assert ann.elsewhere().post(link).status_code == 400
    assert ann.elsewhere().log_in().status_code == 422
    ann.reset_key()
    assert ann.log_in().status_code == 303


def test_EM5_an_undo_is_the_end_of_a_thief_who_has_only_changed_the_key(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move("thief@evil.example")
    undo = ann.link("/email/undo/")
    ann.choose_key("the thief has a key of their own")
    assert Person(app, "x@example.org").post(undo).status_code == 303
    assert not ann.is_logged_in
    assert ann.log_in().status_code == 422


def test_undoing_in_the_browser_that_is_logged_in_logs_it_out(ann: Person) -> None:
    undo = move(ann)
    ann.post(undo)
    with ann.client.session_transaction() as cookie:
        assert "_user_id" not in cookie


@pytest.mark.parametrize(
    ("after", "status"),
    [(72 * HOUR, 303), (72 * HOUR + 29 * SECOND, 303), (72 * HOUR + 31 * SECOND, 400)],
)
def test_TK4_the_undo_link_is_good_for_72_hours(
    ann: Person, clock: time_machine.Traveller, after: timedelta, status: int
) -> None:
    ann.ask_to_move(NEW)
    _, undo = links_of(ann)
    clock.shift(after)
    assert ann.elsewhere().post(undo).status_code == status


def test_TK5_a_thief_who_moves_on_and_changes_the_key_cannot_void_the_undo(
    app: Flask, ann: Person
) -> None:
    old_key = ann.key
    undo = move(ann, "thief@evil.example")
    ann.choose_key("the thief has a key of their own")
    move(ann, "thief@worse.example")
    assert Person(app, "x@example.org").post(undo).status_code == 303
    assert user_of(app, "ann@example.org") is not None
    assert not ann.is_logged_in
    assert ann.log_in().status_code == 422
    owner = Person(app, "ann@example.org", old_key)
    assert owner.log_in().status_code == 422
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_TK5_a_thief_who_undoes_their_own_move_cannot_void_the_owner_s_undo(
    app: Flask, ann: Person
) -> None:
    owner = Person(app, "ann@example.org", ann.key)
    undo = move(ann, "thief@evil.example")
    thiefs = move(ann, "thief@worse.example")
    assert ann.post(thiefs).status_code == 303
    assert user_of(app, "thief@evil.example") is not None
    assert owner.post(undo).status_code == 303
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_EM5_a_thief_s_own_undo_links_die_with_the_undo(app: Flask, ann: Person) -> None:
    undo = move(ann, "thief@evil.example")
    move(ann, "thief@worse.example")
    thiefs = ann.link("/email/undo/", "thief@evil.example")
    Person(app, "x@example.org").post(undo)
    assert Person(app, "x@example.org").post(thiefs).status_code == 400


def test_an_unconfirmed_user_who_took_the_old_address_is_removed(
    app: Flask, ann: Person, eve: Person
) -> None:
    undo = move(ann)
    squatter = Person(app, "ann@example.org")
    squatter.sign_up()
    assert eve.post(undo).status_code == 303
    assert not squatter.is_logged_in
    assert user_of(app, "ann@example.org").is_confirmed
    assert count(app, User, User.email == "ann@example.org") == 1


def test_a_confirmed_user_who_took_the_old_address_keeps_it(
    app: Flask, ann: Person, eve: Person
) -> None:
    undo = move(ann)
    owner = Person(app, "ann@example.org")
    owner.sign_up()
    owner.confirm()
    before = snapshot(app)
    assert eve.post(undo).status_code == 400
    assert snapshot(app) == before


@pytest.mark.parametrize("deleted", [False, True])
def test_EM5_what_a_new_owner_has_added_does_not_go_to_the_earlier_address(
    app: Flask, ann: Person, deleted: bool
) -> None:
    """Ann's account is moved to an owner who accepts it, and she takes it back later."""
    ann.post("/profile/nickname", {"nickname": "Ann of before"})
    ann.ask_to_move(NEW)
    victim = Person(app, NEW)
    page = victim.open(ann.link("/email/confirm/", NEW))
    assert "Until now the account belongs to ann@example.org" in page.text
    assert "take it back for 3 days" in page.text
    assert victim.post("/email/confirm/link", form_of(page)).status_code == 303
    victim.key = victim.mailed(KEY)
    victim.log_in()
    victim.post("/profile/nickname", {"nickname": "A private joke"})
    if deleted:
        victim.leave()
    undo = ann.link("/closing/undo/" if deleted else "/email/undo/")
    assert ann.elsewhere().post(undo).status_code == 303
    back = user_of(app, "ann@example.org")
    assert back.nickname == "Ann of before"
    assert not victim.is_logged_in
    ann.reset_key()
    ann.log_in()
    assert "A private joke" not in ann.get("/profile").text + ann.get("/profile/export").text
    if not deleted:
        assert "went back" in victim.mails()[0].subject


def test_EM5_an_undo_says_when_another_account_has_the_address_and_works_without_it(
    app: Flask, ann: Person
) -> None:
    """The owner could not log in any more, signed up anew, and then found the mail."""
    undo = move(ann)
    anew = Person(app, "ann@example.org")
    anew.sign_up()
    anew.confirm()
    for answer in (anew.elsewhere().post(undo), anew.elsewhere().post(undo)):
        assert answer.status_code == 400
        assert "Another account uses its email address now." in answer.text
        assert "used already" not in answer.text
    anew.leave()
    assert anew.elsewhere().post(undo).status_code == 303
    assert user_of(app, "ann@example.org") is not None
