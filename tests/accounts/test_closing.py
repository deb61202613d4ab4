"""Deleting an account: everything of it is deleted (DL1)."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser import accounts
from minimaluser.database import db
from minimaluser.models import Code, Event, OutboxItem, Session, Token, User, people
from minimaluser.settings import settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, snapshot, user_of, work


def test_DL1_a_wrong_key_deletes_nothing(app: Flask, ann: Person) -> None:
    before = snapshot(app, without=("session.wrong_keys",))
    for key in ("", "wrong", ann.key + "."):
        assert ann.post("/profile/delete", {"current_key": key}).status_code == 422
    assert snapshot(app, without=("session.wrong_keys",)) == before


def test_DL1_AZ2_SE5_everything_of_the_account_is_deleted(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    phone = ann.logged_in_elsewhere()
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


def test_an_old_cookie_does_not_open_the_new_account(app: Flask, ann: Person) -> None:
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    ann.leave()
    ann.sign_up()
    assert not thief.is_logged_in


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
