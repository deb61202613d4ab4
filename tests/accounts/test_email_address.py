"""Moving to another e-mail address (EM1 to EM5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.lib import clock
from minimaluser.models import OutboxItem, Session, Token, User, people
from minimaluser.rules import HOUR, MINUTE
from minimaluser.testing.answers import errors_in
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import change, count, rows_of, snapshot, user_of
from minimaluser.testing.patterns import KEY
from tests.accounts.moving import NEW, SECOND, links_of, move


def test_EM1_the_old_address_stays_in_force_until_the_new_one_is_confirmed(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move(NEW)
    assert user_of(app, ann.email).pending_email == NEW
    assert ann.elsewhere().log_in().status_code == 303
    assert Person(app, NEW, ann.key).log_in().status_code == 422
    assert Person(app, NEW, ann.mailed(KEY, NEW)).log_in().status_code == 422
    assert ann.elsewhere().ask_for_code(NEW)[1] == ""
    assert ann.elsewhere().ask_for_code(ann.email)[1] != ""


def test_EM2_the_old_address_gets_a_notice_with_an_undo_link_and_no_key(ann: Person) -> None:
    ann.ask_to_move(NEW)
    notice = ann.mails()[0]
    assert "Somebody asked to change" in notice.subject
    assert NEW in notice.text
    assert not KEY.search(notice.text)
    assert ann.mailed(KEY, NEW) not in notice.text + notice.html


def test_TK5_asking_again_voids_the_earlier_link(app: Flask, ann: Person) -> None:
    ann.ask_to_move("first@new.example")
    ann.ask_to_move("second@new.example")
    assert ann.get(ann.link("/email/confirm/", "first@new.example")).status_code == 400
    assert ann.open(ann.link("/email/confirm/", "second@new.example")).status_code == 200
    assert user_of(app, ann.email).pending_email == "second@new.example"


def test_the_users_present_address_is_refused(ann: Person) -> None:
    for same in (ann.email, ann.email.upper(), f" {ann.email} "):
        answer = ann.ask_to_move(same)
        assert answer.status_code == 422
        assert errors_in(answer) == ["This is your email address already."]


def test_EN5_a_taken_address_gets_the_same_response_and_its_owner_is_told(
    app: Flask, ann: Person, ben: Person
) -> None:
    bens_mails = len(ben.mails())
    answer = ann.ask_to_move(ben.email)
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert user_of(app, ann.email).pending_email == ben.email
    assert len(ben.mails()) == bens_mails + 1
    told = ben.mails()[0]
    assert "Somebody tried to use your email" in told.subject
    assert ann.email not in told.text
    assert not KEY.search(told.text)
    assert "Somebody asked to change" in ann.mails()[0].subject


def test_SE7_the_key_is_asked_for_after_ten_minutes(
    ann: Person, clock: time_machine.Traveller
) -> None:
    ann.log_out()
    ann.log_in()
    clock.shift(10 * MINUTE - SECOND)
    assert ann.post("/profile/email", {"email": NEW}).status_code == 303
    ann.log_out()
    ann.log_in()
    clock.shift(10 * MINUTE + SECOND)
    before = len(ann.mails(NEW))
    answer = ann.post("/profile/email", {"email": NEW})
    assert answer.status_code == 422
    assert "Current access key" in answer.text
    answer = ann.post("/profile/email", {"email": NEW}, htmx=True)
    assert answer.status_code == 401
    assert answer.headers["X-Ask"].startswith("/key-entry?next=")
    answer = ann.post("/profile/email", {"email": NEW, "current_key": "wrong"})
    assert errors_in(answer) == ["This is not your current access key."]
    assert len(ann.mails(NEW)) == before


def test_SE7_a_key_that_was_entered_is_not_asked_for_again_for_ten_minutes(
    ann: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(11 * MINUTE)
    assert ann.ask_to_move(NEW).status_code == 303
    clock.shift(9 * MINUTE)
    assert ann.post("/profile/email", {"email": "third@new.example"}).status_code == 303


def test_SE7_five_wrong_keys_end_the_session(ann: Person, clock: time_machine.Traveller) -> None:
    clock.shift(11 * MINUTE)
    for _ in range(5):
        ann.post("/profile/email", {"email": NEW, "current_key": "wrong"})
    assert not ann.is_logged_in


def test_EM5_the_key_in_the_mail_is_in_force_with_the_new_address(app: Flask, ann: Person) -> None:
    old_key = ann.key
    move(ann)
    assert ann.is_logged_in
    assert ann.elsewhere().log_in(old_key).status_code == 422
    assert ann.elsewhere().log_in().status_code == 303
    assert Person(app, "ann@example.org", ann.key).log_in().status_code == 422
    user = user_of(app, NEW)
    assert user.key_is_first
    assert user.pending_email is None


def test_CR2_the_key_in_the_mail_is_a_first_key_of_seven_days(
    ann: Person, clock: time_machine.Traveller
) -> None:
    move(ann)
    clock.shift(timedelta(days=7))
    assert ann.elsewhere().log_in().status_code == 422


def test_EM2_the_old_address_gets_a_second_notice_when_it_is_done(ann: Person) -> None:
    move(ann)
    notice = ann.mails("ann@example.org")[0]
    assert "was changed" in notice.subject
    assert not KEY.search(notice.text)
    assert ann.key not in notice.text + notice.html
    assert ann.link("/email/undo/", "ann@example.org")


def test_SE5_confirming_ends_every_other_session(app: Flask, ann: Person) -> None:
    phone = ann.logged_in_elsewhere()
    stolen = ann.client.get_cookie("mu_session").value
    move(ann)
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", stolen)
    assert ann.is_logged_in
    assert not phone.is_logged_in
    assert not thief.is_logged_in
    assert count(app, Session, Session.user_id == user_of(app, NEW).id) == 1


def test_confirming_in_a_browser_that_is_not_logged_in_ends_all_sessions(ann: Person) -> None:
    ann.ask_to_move(NEW)
    phone = ann.elsewhere()
    assert phone.post(links_of(ann)[0]).location == "/login"
    assert not phone.is_logged_in
    assert not ann.is_logged_in


def test_confirming_in_somebody_else_s_browser_leaves_them_logged_in(
    app: Flask, ann: Person, ben: Person
) -> None:
    ann.ask_to_move(NEW)
    link, _ = links_of(ann)
    warned = ben.open(link)
    assert "You are logged in here as" in warned.text
    assert ben.post(link, form_of(warned)).location == "/login"
    assert ben.is_logged_in
    assert ben.email in ben.get("/profile").text
    assert user_of(app, NEW) is not None


def test_TK3_the_link_to_the_new_address_works_once(ann: Person) -> None:
    ann.ask_to_move(NEW)
    link, _ = links_of(ann)
    assert ann.post(link).status_code == 303
    assert ann.post(link).status_code == 400


@pytest.mark.parametrize(
    ("after", "status"),
    [(2 * HOUR, 303), (2 * HOUR + 29 * SECOND, 303), (2 * HOUR + 31 * SECOND, 400)],
)
def test_TK4_the_link_to_the_new_address_is_good_for_two_hours(
    ann: Person, clock: time_machine.Traveller, after: timedelta, status: int
) -> None:
    ann.ask_to_move(NEW)
    clock.shift(after)
    assert ann.elsewhere().post(links_of(ann)[0]).status_code == status


def test_TK6_looking_at_either_link_changes_nothing(app: Flask, ann: Person) -> None:
    ann.ask_to_move(NEW)
    before, scanner = snapshot(app), ann.elsewhere()
    for link in links_of(ann):
        for _ in range(5):
            assert scanner.open(link).status_code == 200
        assert scanner.client.head(link).status_code == 303
    assert snapshot(app) == before


def test_EM4_an_address_taken_meanwhile_is_a_bad_link_and_no_error(app: Flask, ann: Person) -> None:
    ann.ask_to_move(NEW)
    other = Person(app, NEW)
    other.sign_up()
    before = snapshot(app)
    assert ann.elsewhere().post(links_of(ann)[0]).status_code == 400
    assert snapshot(app) == before
    assert ann.is_logged_in


def test_EM4_of_two_users_who_want_one_address_the_first_gets_it(
    app: Flask, ann: Person, ben: Person
) -> None:
    ben.confirm()
    ann.ask_to_move(NEW)
    anns_link = ann.link("/email/confirm/", NEW)
    ben.ask_to_move(NEW)
    bens_link = ben.link("/email/confirm/", NEW)
    assert ben.post(bens_link).status_code == 303
    assert ann.post(anns_link).status_code == 400
    assert user_of(app, "ann@example.org").pending_email == NEW


def test_an_unconfirmed_user_is_confirmed_by_the_new_address(app: Flask, ben: Person) -> None:
    old_link = ben.link("/confirm/")
    old_mails = len(ben.mails())
    ben.ask_to_move("ben@new.example")
    assert len(ben.mails()) == old_mails  # the address may have been anybody's
    ben.post(ben.link("/email/confirm/", "ben@new.example"))
    assert user_of(app, "ben@new.example").is_confirmed
    assert len(ben.mails()) == old_mails
    assert ben.elsewhere().post(old_link).status_code == 400
    assert not rows_of(app, Token, Token.user_id == user_of(app, "ben@new.example").id)


@pytest.mark.parametrize("typed", ["", "x", "a@b", "ann@example.org\r\nBcc: x@example.org"])
def test_IN2_the_use_case_refuses_a_text_that_is_not_an_address(
    app: Flask, ann: Person, typed: str
) -> None:
    before = count(app, OutboxItem)
    with app.app_context(), pytest.raises(accounts.Refused) as refusal:
        accounts.change_email(people.by_email(ann.email), typed, ann.key)
    assert refusal.value.field == "email"
    assert count(app, OutboxItem) == before


def test_AZ2_a_disabled_user_s_links_do_nothing(app: Flask, ann: Person) -> None:
    ann.ask_to_move(NEW)
    link, undo = links_of(ann)
    change(app, User, user_of(app, ann.email).id, disabled_at=clock.now())
    assert ann.elsewhere().post(link).status_code == 400
    assert ann.elsewhere().post(undo).status_code == 400
