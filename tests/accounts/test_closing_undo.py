"""For a week after a deletion a link brings the account back (DL1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.models import Token, User, people
from minimaluser.rules import DAY
from minimaluser.security import links
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, snapshot, user_of, work
from minimaluser.testing.patterns import KEY

SECOND = timedelta(seconds=1)
OLD = "ann@example.org"
THIEF, THIEFS_KEY = "thief@evil.example", "the thief has a key of their own"


def undo_of(person: Person, email: str | None = None) -> str:
    return person.link("/closing/undo/", email)


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


def test_EM2_an_owner_who_could_undo_a_move_can_undo_the_deletion_after_it(
    app: Flask, ann: Person
) -> None:
    key, nickname = ann.key, user_of(app, ann.email).nickname
    ann.move(THIEF)
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
    ann.move(THIEF)
    ann.leave()
    assert ann.post(undo_of(ann, THIEF)).status_code == 303
    ann.reset_key(THIEFS_KEY)
    assert ann.log_in().status_code == 303
    ann.move("thief@worse.example")
    assert owner.post(undo_of(owner)).status_code == 303
    assert not ann.is_logged_in
    assert user_of(app, "thief@worse.example") is None
    owner.reset_key()
    assert owner.log_in().status_code == 303
    assert Person(app, "x@example.org").post(ann.link("/email/undo/", THIEF)).status_code == 400


def test_TK5_a_thief_who_deletes_again_does_not_void_the_owner_s_link(
    app: Flask, ann: Person
) -> None:
    owner = Person(app, OLD, ann.key)
    ann.move(THIEF)
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
    anew, thief = Person(app, OLD), ann
    thief.move(THIEF)
    thief.leave()
    back = undo_of(thief)
    assert undo_of(anew)  # the first owner has one, too, and does not use it
    anew.sign_up()
    assert thief.get(back).status_code == 303
    anew.confirm()
    assert thief.post(back).status_code == 400
    assert count(app, User, User.email == "thief@evil.example") == 0
