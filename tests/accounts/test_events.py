"""The events of an account, as its owner sees them (LG4)."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from minimaluser.accounts import events
from minimaluser.models import people
from minimaluser.rules import DAY
from minimaluser.testing.client import Person


def told(app: Flask, email: str) -> list[str]:
    with app.app_context():
        return [event.words for event in events.list_events(people.by_email(email))]


def test_LG4_events_are_listed_the_newest_first(app: Flask, eve: Person) -> None:
    eve.sign_up()
    eve.confirm()
    eve.log_out()
    eve.log_in()
    eve.choose_key("seven green trains at noon")
    eve.ask_to_move("eve@new.example")
    phone = eve.elsewhere()
    address, code = phone.ask_for_code()
    phone.use_code(address, code, "nine slow clouds at dusk")
    phone.post(eve.link("/email/undo/"))
    assert told(app, eve.email) == [
        "A change undone by the link in our mail",
        "Access key reset by mail",
        "Asked to move to another email",
        "Access key changed",
        "Logged in",
        "Your email was confirmed",
        "You signed up",
    ]


def test_LG4_a_move_is_listed(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.post(ann.link("/email/confirm/", "ann@new.example"))
    assert told(app, "ann@new.example")[0] == "Moved to another email"


def test_LG4_wrong_keys_are_listed(app: Flask, ann: Person) -> None:
    for _ in range(5):
        ann.post("/profile/delete", {"current_key": "wrong"})
    assert told(app, ann.email)[0].startswith("Access key wrong too often")


def test_LG4_an_undone_deletion_is_listed_after_the_earlier_events(app: Flask, ann: Person) -> None:
    before = told(app, ann.email)
    ann.leave()
    ann.post(ann.link("/closing/undo/"))
    assert told(app, ann.email) == ["Deletion of the account undone", *before]


def test_LG4_the_browser_is_shown_in_words_and_the_network_truncated(
    app: Flask, ann: Person
) -> None:
    phone = ann.elsewhere()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15) Firefox/140.0"
    phone.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    phone.log_in()
    with app.app_context():
        newest = events.list_events(people.by_email(ann.email))[0]
    assert (newest.browser, newest.network) == ("Firefox on Android", "192.0.2.0")


def test_LG4_after_90_days_nothing_is_listed_even_if_nothing_was_purged(
    app: Flask, ann: Person, clock: time_machine.Traveller
) -> None:
    assert told(app, ann.email)
    clock.shift(91 * DAY)
    assert told(app, ann.email) == []


def test_LG4_events_of_other_users_are_not_listed(app: Flask, ann: Person, ben: Person) -> None:
    before = told(app, ben.email)
    ann.elsewhere().log_in()
    assert told(app, ben.email) == before


def test_an_event_without_words_is_a_mistake(app: Flask, inside: None) -> None:
    with pytest.raises(KeyError):
        events.note(people.by_email("ann@example.org"), "something")
