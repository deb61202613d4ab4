"""Deleting an account: everything is deleted (DL1), and for a week a link brings it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.database import db
from minimaluser.models import Code, Event, OutboxItem, Session, Token, User, people
from minimaluser.security import links
from minimaluser.settings import settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, snapshot, user_of, work
from minimaluser.testing.patterns import KEY

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
OLD = "ann@example.org"
THIEF, THIEFS_KEY = "thief@evil.example", "the thief has a key of his own"


def test_DL1_a_wrong_key_deletes_nothing(app: Flask, ann: Person) -> None:
    before = snapshot(app, without=("session.wrong_keys",))
    for key in ("", "wrong", ann.key + " "):
        assert ann.post("/profile/delete", {"current_key": key}).status_code == 422
    assert snapshot(app, without=("session.wrong_keys",)) == before


def test_DL1_everything_of_the_account_is_deleted(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    phone = ann.elsewhere()
    phone.log_in()
    identity = user_of(app, ann.email).id
    ann.leave()
    for model in (Session, Code, OutboxItem, Event):
        assert count(app, model, model.user_id == identity) == 0
    (link,) = rows_of(app, Token, Token.user_id == identity)
    assert (link.purpose, link.email, link.key_hash) == ("undo-closing", None, None)
    assert user_of(app, ann.email) is None
    assert not ann.is_logged_in
    assert not phone.is_logged_in
    assert ann.log_in().status_code == 422


def test_DL1_address_and_nickname_are_nowhere_in_the_rows(app: Flask, ann: Person) -> None:
    nickname = user_of(app, ann.email).nickname
    ann.leave()
    rows = repr(snapshot(app))
    assert ann.email not in rows
    assert nickname not in rows


def test_DL1_nobody_else_loses_anything(app: Flask, ann: Person, ben: Person) -> None:
    bens = user_of(app, ben.email).id
    before = {m: count(app, m, m.user_id == bens) for m in (Session, Token, OutboxItem)}
    ann.leave()
    assert {m: count(app, m, m.user_id == bens) for m in (Session, Token, OutboxItem)} == before
    assert ben.is_logged_in


def test_DL1_unsent_mail_is_never_sent(app: Flask, ann: Person) -> None:
    work(app)
    ann.ask_to_move("ann@new.example")
    assert len(ann.mails("ann@new.example")) == 1
    ann.leave()
    assert ann.mails("ann@new.example") == []


def test_DL1_the_tile_file_is_deleted(app: Flask, ann: Person) -> None:
    work(app)
    name = user_of(app, ann.email).tile_name
    file = settings_of(app).storage_folder / "tiles" / f"{name}.svg"
    assert file.exists()
    ann.leave()
    work(app)
    assert not file.exists()
    assert ann.get(f"/tiles/{name}.svg").status_code == 404


def test_DL1_a_tile_not_yet_stored_never_is(app: Flask, eve: Person) -> None:
    eve.sign_up()
    name = user_of(app, eve.email).tile_name
    eve.leave()
    work(app)
    assert not (settings_of(app).storage_folder / "tiles" / f"{name}.svg").exists()


def test_EM3_goodbye_is_mailed(app: Flask, ann: Person) -> None:
    nickname = user_of(app, ann.email).nickname
    ann.leave()
    mail = ann.mails()[0]
    assert "was deleted" in mail.subject
    assert nickname in mail.text


def test_goodbye_to_an_address_never_confirmed_shows_no_nickname(app: Flask, ben: Person) -> None:
    ben.post("/profile/nickname", {"nickname": "Buy cheap pills"})
    ben.leave()
    assert "was deleted" in ben.mails()[0].subject
    assert "pills" not in ben.mails()[0].text


def test_DL1_the_same_address_can_sign_up_at_once_and_is_somebody_new(
    app: Flask, ann: Person
) -> None:
    identity = user_of(app, ann.email).id
    newest = max(row.id for row in rows_of(app, User))
    ann.leave()
    ann.sign_up()
    assert user_of(app, ann.email).id > newest >= identity


def test_DL1_the_id_of_the_newest_account_is_not_given_again(app: Flask, eve: Person) -> None:
    eve.sign_up()
    identity = user_of(app, eve.email).id
    eve.leave()
    eve.sign_up()
    assert user_of(app, eve.email).id == identity + 1


def test_AZ2_SE5_every_session_ends_with_the_account(app: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    phone.log_in()
    identity = user_of(app, ann.email).id
    ann.leave()
    assert not ann.is_logged_in
    assert not phone.is_logged_in
    assert count(app, Session, Session.user_id == identity) == 0


def test_an_old_cookie_does_not_open_the_new_account(app: Flask, ann: Person) -> None:
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    ann.leave()
    ann.sign_up()
    assert not thief.is_logged_in


# --- undone


def undo_of(person: Person, email: str | None = None) -> str:
    return person.link("/closing/undo/", email)


def move(person: Person, email: str) -> None:
    """Move for good, and choose a key there."""
    person.ask_to_move(email)
    assert person.post(person.link("/email/confirm/", email)).status_code == 303
    person.email, person.key = email, person.mailed(KEY, email)


def test_DL1_undoing_brings_back_address_nickname_and_tile_with_the_key_off(
    app: Flask, ann: Person
) -> None:
    work(app)
    before = user_of(app, ann.email)
    drawing = ann.get(f"/tiles/{before.tile_name}.svg").text
    ann.leave()
    phone = ann.elsewhere()
    assert phone.post(undo_of(ann)).status_code == 303
    after = user_of(app, ann.email)
    for column in ("id", "email", "nickname", "confirmed_at"):
        assert getattr(after, column) == getattr(before, column), column
    assert not after.key_is_good
    assert after.closed_at is None
    assert not phone.is_logged_in
    assert not ann.is_logged_in
    assert phone.log_in().status_code == 422
    phone.reset_key()
    assert phone.log_in().status_code == 303
    assert phone.get(f"/tiles/{after.tile_name}.svg").text == drawing
    work(app)
    assert phone.get(f"/tiles/{after.tile_name}.svg").text == drawing


def test_DL1_only_the_link_decrypts_what_is_left(app: Flask, ann: Person) -> None:
    ann.leave()
    (row,) = rows_of(app, Token, Token.purpose == links.UNDO_CLOSING)
    assert ann.email.encode() not in row.sealed
    right = undo_of(ann).rpartition("/")[2]
    with app.app_context():
        user = people.by_email("ben@example.org")
        other = links.make(user, links.UNDO_CLOSING, sealed="x").rpartition("/")[2]
        with pytest.raises(links.BadLink):
            links.open_sealed(row, other)
        assert ann.email in links.open_sealed(row, right)


def test_EM3_coming_back_is_mailed(ann: Person) -> None:
    ann.leave()
    ann.post(undo_of(ann))
    assert "account is back" in ann.mails()[0].subject
    assert not KEY.search(ann.mails()[0].text)


def test_TK3_the_link_works_once(ann: Person) -> None:
    ann.leave()
    link = undo_of(ann)
    assert ann.post(link).status_code == 303
    assert ann.post(link).status_code == 400


@pytest.mark.parametrize(
    ("after", "status"),
    [(7 * DAY, 303), (7 * DAY + 29 * SECOND, 303), (7 * DAY + 31 * SECOND, 400)],
)
def test_TK4_the_link_is_good_for_seven_days(
    ann: Person, clock: time_machine.Traveller, after: timedelta, status: int
) -> None:
    ann.leave()
    clock.shift(after)
    assert ann.elsewhere().post(undo_of(ann)).status_code == status


def test_TK6_looking_at_the_link_changes_nothing(app: Flask, ann: Person) -> None:
    ann.leave()
    before, link, scanner = snapshot(app), undo_of(ann), ann.elsewhere()
    for _ in range(5):
        assert scanner.open(link).status_code == 200
    assert scanner.client.head(link).status_code == 303
    assert snapshot(app) == before


def test_DL1_a_nickname_taken_meanwhile_is_replaced(app: Flask, ann: Person, ben: Person) -> None:
    nickname = user_of(app, ann.email).nickname
    ann.leave()
    assert ben.post("/profile/nickname", {"nickname": nickname}).status_code == 303
    assert ann.elsewhere().post(undo_of(ann)).status_code == 303
    assert user_of(app, ben.email).nickname == nickname
    assert user_of(app, ann.email).nickname not in {nickname, ""}


def test_DL1_an_unconfirmed_sign_up_with_the_address_is_replaced(app: Flask, ann: Person) -> None:
    ann.leave()
    link, squatter = undo_of(ann), Person(app, ann.email)
    squatter.sign_up()
    assert ann.elsewhere().post(link).status_code == 303
    assert not squatter.is_logged_in
    assert squatter.log_in().status_code == 422
    ann.reset_key()
    assert ann.log_in().status_code == 303
    assert count(app, User, User.email == ann.email) == 1


def test_DL1_a_confirmed_sign_up_with_the_address_ends_the_time_to_undo(
    app: Flask, ann: Person
) -> None:
    ann.leave()
    link, again = undo_of(ann), Person(app, ann.email)
    again.sign_up()
    again.confirm()
    before = snapshot(app)
    assert ann.elsewhere().post(link).status_code == 400
    assert snapshot(app) == before


@pytest.fixture
def late(app: Flask, ann: Person) -> User:
    """Ann as a request sees her that is running while she deletes the account."""
    with app.app_context():
        user = people.by_email(ann.email)
        db.session.expunge(user)
    ann.leave()
    return user


def test_DL1_a_request_that_was_under_way_changes_nothing_of_a_closed_account(
    app: Flask, late: User
) -> None:
    before = snapshot(app)
    with app.app_context():
        for deed in (
            lambda: accounts.change_nickname(late, "Still Here"),
            lambda: accounts.draw_tile(late, "0" * 16),
            lambda: accounts.end_other_sessions(late),
        ):
            with pytest.raises(accounts.SessionEnded):
                deed()
    assert {**snapshot(app), "hit": []} == {**before, "hit": []}


def test_DL1_a_second_click_that_was_under_way_deletes_nothing_more(
    app: Flask, ann: Person, late: User
) -> None:
    before = snapshot(app)
    with app.app_context():
        accounts.close_account(late, ann.key)
    assert snapshot(app) == before


def test_SE6_undoing_the_deletion_of_an_account_proves_its_address_and_opens_it_to_nobody(
    app: Flask, ben: Person
) -> None:
    stranger = ben.elsewhere()  # a thief who signed up with Ben's address, and got hold of a key
    stranger.log_in()
    stranger.choose_key("the stranger has a key of their own")
    stranger.leave()
    owner = ben.elsewhere()
    assert owner.post(undo_of(ben)).status_code == 303
    assert user_of(app, ben.email).is_confirmed
    assert not stranger.is_logged_in
    assert stranger.log_in().status_code == 422
    owner.reset_key()
    assert owner.log_in().status_code == 303


# --- undone by an owner who has lost the account to a thief


def test_EM2_an_owner_who_could_undo_a_move_can_undo_the_deletion_after_it(
    app: Flask, ann: Person
) -> None:
    key, nickname = ann.key, user_of(app, ann.email).nickname
    move(ann, THIEF)
    ann.choose_key(THIEFS_KEY)
    ann.leave()
    owner = Person(app, OLD, key)
    assert "was deleted" in owner.mails()[0].subject
    assert owner.post(undo_of(owner)).status_code == 303
    owner.reset_key()
    assert owner.log_in().status_code == 303
    assert user_of(app, OLD).nickname == nickname
    assert Person(app, THIEF, THIEFS_KEY).log_in().status_code == 422


def test_TK5_a_thief_who_undoes_the_deletion_first_loses_the_account_all_the_same(
    app: Flask, ann: Person
) -> None:
    owner = Person(app, OLD, ann.key)
    move(ann, THIEF)
    ann.leave()
    assert ann.post(undo_of(ann, THIEF)).status_code == 303
    ann.reset_key(THIEFS_KEY)
    assert ann.log_in().status_code == 303
    move(ann, "thief@worse.example")
    assert owner.post(undo_of(owner)).status_code == 303
    assert not ann.is_logged_in
    assert user_of(app, "thief@worse.example") is None
    owner.reset_key()
    assert owner.log_in().status_code == 303
    assert Person(app, "x@example.org").post(ann.link("/email/undo/", THIEF)).status_code == 400


def test_TK5_a_thief_who_deletes_again_does_not_void_the_owners_link(
    app: Flask, ann: Person
) -> None:
    owner = Person(app, OLD, ann.key)
    move(ann, THIEF)
    ann.leave()
    link = undo_of(owner)
    ann.post(undo_of(ann, THIEF))
    ann.reset_key(THIEFS_KEY)
    ann.log_in()
    ann.leave()
    assert owner.post(link).status_code == 303
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_TK5_a_new_account_of_an_earlier_owner_voids_the_undo_of_a_later_one(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.ask_to_move("thief@evil.example")
    ann.post(ann.link("/email/confirm/", "thief@evil.example"))
    thief = Person(app, "thief@evil.example", ann.mailed(KEY, "thief@evil.example"))
    thief.log_in()
    thief.leave()
    back = thief.link("/closing/undo/")
    assert ann.link("/closing/undo/")  # the first owner has one, too, and does not use it
    anew = Person(app, ann.email)
    anew.sign_up()
    assert thief.get(back).status_code == 303
    anew.confirm()
    assert thief.post(back).status_code == 400
    assert count(app, User, User.email == "thief@evil.example") == 0
