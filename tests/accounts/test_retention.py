"""Rows removed by the worker: never confirmed (DL3), expired (PR4), closed for a week."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts, files
from minimaluser.lib import clock as now
from minimaluser.models import Event, OutboxItem, Session, Token, User
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, user_of, work


def purge(app: Flask) -> dict[str, int]:
    with app.app_context():
        return accounts.purge()


@pytest.mark.parametrize(("age", "gone"), [(7 * DAY - MINUTE, 0), (7 * DAY + MINUTE, 1)])
def test_DL3_a_user_who_never_confirms_is_removed_after_seven_days(
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


def test_DL3_a_confirmed_user_stays(app: Flask, ann: Person, clock: time_machine.Traveller) -> None:
    clock.shift(1000 * DAY)
    purge(app)
    assert user_of(app, ann.email) is not None
    assert ann.log_in().status_code == 303


def test_expired_rows_are_purged_and_nothing_else(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    clock.shift(3 * MINUTE)
    # what was counted when the site was made is past its time if that is some minutes ago
    assert not any({**purge(app), "hits": 0}.values())
    clock.shift(2 * timedelta(hours=1))
    assert purge(app)["tokens"] == 1  # the new address; the undo link lives on
    clock.shift(DAY)
    gone = purge(app)
    assert gone["codes"] == 1
    assert gone["sessions"] == 2  # not kept, and idle for twelve hours
    work(app)
    clock.shift(6 * DAY)
    gone = purge(app)
    assert gone["tokens"] >= 1
    assert gone["outbox"] >= 1
    assert count(app, Session) == count(app, Token) == 0
    assert count(app, OutboxItem, OutboxItem.created_at < now.now() - 7 * DAY) == 0


def test_a_kept_session_is_purged_after_30_days(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.logged_in_elsewhere(keep="y")
    row = rows_of(app, Session)[-1]
    clock.shift(rules.session_absolute - MINUTE)
    change(app, Session, row.id, seen_at=now.now())
    purge(app)
    assert count(app, Session, Session.id == row.id) == 1
    clock.shift(2 * MINUTE)
    purge(app)
    assert count(app, Session, Session.id == row.id) == 0


@pytest.mark.parametrize(("age", "gone"), [(7 * DAY - MINUTE, 0), (7 * DAY + MINUTE, 1)])
def test_PR4_the_rest_of_a_deleted_account_is_removed_after_seven_days(
    app: Flask, ann: Person, clock: time_machine.Traveller, age: timedelta, gone: int
) -> None:
    identity = user_of(app, ann.email).id
    ann.leave()
    clock.shift(age)
    assert purge(app)["closed"] == gone
    assert count(app, User, User.id == identity) == 1 - gone
    assert count(app, Token, Token.user_id == identity) == 1 - gone
    assert ann.elsewhere().post(ann.link("/closing/undo/")).status_code == (400 if gone else 303)


def test_PR4_an_account_closed_before_it_was_confirmed_has_its_seven_days_too(
    app: Flask, ben: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(6 * DAY)
    ben.log_in()
    ben.leave()
    clock.shift(6 * DAY)
    assert not purge(app)["unconfirmed"]
    assert ben.elsewhere().post(ben.link("/closing/undo/")).status_code == 303


@pytest.mark.parametrize(("age", "gone"), [(90 * DAY - MINUTE, False), (90 * DAY + MINUTE, True)])
def test_LG4_events_are_deleted_after_90_days(
    app: Flask, ann: Person, clock: time_machine.Traveller, age: timedelta, gone: bool
) -> None:
    with app.app_context():
        purge(app)
    ann.elsewhere().log_in()
    newest = rows_of(app, Event)[-1]
    clock.shift(age)
    purge(app)
    assert count(app, Event, Event.id == newest.id) == (not gone)


def test_SE4_a_session_that_is_not_kept_is_purged_after_12_idle_hours(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    ann.elsewhere().log_in(keep="y")
    clock.shift(12 * HOUR - MINUTE)
    assert purge(app)["sessions"] == 0
    clock.shift(2 * MINUTE)
    assert purge(app)["sessions"] == 2
    assert [row.keep for row in rows_of(app, Session)] == [True]


def test_DL2_a_tile_is_gone_minutes_after_the_store_is_back(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    def down(*_: object) -> None:
        raise OSError("the store is down")

    work(app)
    store = services_of(app).storage
    path = files.tile_path(user_of(app, ann.email).tile_name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "delete", down)
        ann.leave()
        for _ in range(72):  # for six hours, looked after by the sweep
            work(app)
            clock.shift(5 * MINUTE)
        assert store.exists(path)
    clock.shift(15 * MINUTE)
    work(app)
    assert not store.exists(path)


def test_DL2_a_tile_that_could_not_be_removed_for_a_week_is_still_to_be_removed(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    work(app)
    name = user_of(app, ann.email).tile_name
    ann.leave()
    clock.shift(8 * DAY)
    purge(app)
    work(app)
    with app.app_context():
        assert not files.storage().exists(files.tile_path(name))
