"""Leaving: everything goes (DL1), and what was never confirmed goes by itself (DL3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts, config, files
from minimaluser.lib import clock as now
from minimaluser.models import Code, OutboxItem, Session, Token, User
from tests.database import change, count, rows_of, snapshot, user_of, work
from tests.person import Person

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def leave(person: Person) -> None:
    assert person.post("/profile/delete", {"current_key": person.key}).status_code == 303


def purge(app: Flask) -> dict[str, int]:
    with app.app_context():
        return accounts.purge()


def test_DL1_a_wrong_key_deletes_nothing(app: Flask, ann: Person) -> None:
    before = snapshot(app, without=("session.wrong_keys",))
    for key in ("", "wrong", ann.key + " "):
        assert ann.post("/profile/delete", {"current_key": key}).status_code == 422
    assert snapshot(app, without=("session.wrong_keys",)) == before


def test_DL1_everything_of_the_account_goes(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    phone = ann.elsewhere()
    phone.log_in()
    identity = user_of(app, ann.email).id
    leave(ann)
    for model in (Session, Token, Code, OutboxItem):
        assert count(app, model, model.user_id == identity) == 0
    assert user_of(app, ann.email) is None
    assert not ann.is_logged_in
    assert not phone.is_logged_in
    assert ann.log_in().status_code == 422


def test_DL1_address_and_nickname_are_nowhere_in_the_rows(app: Flask, ann: Person) -> None:
    nickname = user_of(app, ann.email).nickname
    leave(ann)
    rows = repr(snapshot(app))
    assert ann.email not in rows
    assert nickname not in rows


def test_DL1_nobody_else_loses_anything(app: Flask, ann: Person, ben: Person) -> None:
    bens = user_of(app, ben.email).id
    before = {m: count(app, m, m.user_id == bens) for m in (Session, Token, OutboxItem)}
    leave(ann)
    assert {m: count(app, m, m.user_id == bens) for m in (Session, Token, OutboxItem)} == before
    assert ben.is_logged_in


def test_DL1_unsent_mail_is_never_sent(app: Flask, ann: Person) -> None:
    work(app)
    ann.ask_to_move("ann@new.example")
    assert len(ann.mails("ann@new.example")) == 1
    leave(ann)
    assert ann.mails("ann@new.example") == []


def test_DL1_the_tile_file_goes(app: Flask, ann: Person) -> None:
    work(app)
    name = user_of(app, ann.email).tile_name
    file = app.config["TILES_FOLDER"] / "tiles" / f"{name}.svg"
    assert file.exists()
    leave(ann)
    work(app)
    assert not file.exists()
    assert ann.get(f"/tiles/{name}.svg").status_code == 404


def test_DL1_a_tile_not_yet_stored_never_is(app: Flask, eve: Person) -> None:
    eve.sign_up()
    name = user_of(app, eve.email).tile_name
    leave(eve)
    work(app)
    assert not (app.config["TILES_FOLDER"] / "tiles" / f"{name}.svg").exists()


def test_EM3_goodbye_is_mailed(app: Flask, ann: Person) -> None:
    nickname = user_of(app, ann.email).nickname
    leave(ann)
    mail = ann.mails()[0]
    assert "was deleted" in mail["subject"]
    assert nickname in mail["text"]


def test_goodbye_to_an_address_never_confirmed_shows_no_nickname(app: Flask, ben: Person) -> None:
    ben.post("/profile/nickname", {"nickname": "Buy cheap pills"})
    leave(ben)
    assert "was deleted" in ben.mails()[0]["subject"]
    assert "pills" not in ben.mails()[0]["text"]


def test_DL1_the_same_address_can_sign_up_at_once_and_is_somebody_new(
    app: Flask, ann: Person
) -> None:
    identity = user_of(app, ann.email).id
    newest = max(row.id for row in rows_of(app, User))
    leave(ann)
    ann.sign_up()
    assert user_of(app, ann.email).id > newest >= identity


def test_DL1_the_id_of_the_newest_account_is_not_given_again(app: Flask, eve: Person) -> None:
    eve.sign_up()
    identity = user_of(app, eve.email).id
    leave(eve)
    eve.sign_up()
    assert user_of(app, eve.email).id == identity + 1


def test_an_old_cookie_does_not_open_the_new_account(app: Flask, ann: Person) -> None:
    thief = ann.elsewhere()
    thief.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    leave(ann)
    ann.sign_up()
    assert not thief.is_logged_in


# --- what goes by itself


@pytest.mark.parametrize(("age", "gone"), [(7 * DAY - MINUTE, 0), (7 * DAY + MINUTE, 1)])
def test_DL3_who_never_confirms_is_removed_after_seven_days(
    app: Flask, ben: Person, clock: time_machine.Traveller, age: timedelta, gone: int
) -> None:
    clock.shift(age)
    assert purge(app)["unconfirmed"] == gone
    assert (user_of(app, ben.email) is None) == bool(gone)


def test_DL3_no_mail_is_sent_about_it_and_the_tile_goes_too(
    app: Flask, ben: Person, clock: time_machine.Traveller
) -> None:
    work(app)
    mails, name = len(ben.mails()), user_of(app, ben.email).tile_name
    clock.shift(7 * DAY + MINUTE)
    purge(app)
    work(app)
    assert len(ben.mails()) <= mails
    with app.app_context():
        assert not files.storage().exists(files.tile_path(name))


def test_DL3_who_is_confirmed_stays(app: Flask, ann: Person, clock: time_machine.Traveller) -> None:
    clock.shift(1000 * DAY)
    purge(app)
    assert user_of(app, ann.email) is not None
    assert ann.log_in().status_code == 303


def test_what_is_past_its_time_is_purged_and_nothing_else(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    clock.shift(3 * MINUTE)
    assert not any(purge(app).values())
    clock.shift(2 * timedelta(hours=1))
    assert purge(app)["tokens"] == 1  # the new address; the undo link lives on
    clock.shift(DAY)
    assert purge(app)["codes"] == 1
    work(app)
    clock.shift(6 * DAY)
    gone = purge(app)
    assert gone["sessions"] >= 1
    assert gone["tokens"] >= 1
    assert gone["outbox"] >= 1
    assert count(app, Session) == count(app, Token) == 0
    assert count(app, OutboxItem, OutboxItem.created_at < now.now() - 7 * DAY) == 0


def test_a_kept_session_is_purged_after_30_days(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.elsewhere()
    phone.log_in(keep="y")
    row = rows_of(app, Session)[-1]
    clock.shift(config.SESSION_ABSOLUTE - MINUTE)
    change(app, Session, row.id, seen_at=now.now())
    purge(app)
    assert count(app, Session, Session.id == row.id) == 1
    clock.shift(2 * MINUTE)
    purge(app)
    assert count(app, Session, Session.id == row.id) == 0


def test_DL2_a_tile_that_could_not_be_removed_for_a_week_is_still_to_be_removed(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    work(app)
    name = user_of(app, ann.email).tile_name
    leave(ann)
    clock.shift(8 * DAY)
    purge(app)
    work(app)
    with app.app_context():
        assert not files.storage().exists(files.tile_path(name))
