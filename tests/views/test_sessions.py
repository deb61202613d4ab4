"""The sessions on the profile (SE8)."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser import accounts
from minimaluser.models import Session, people
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of

ALL = "/profile/sessions"


@pytest.fixture
def phone(ann: Person) -> Person:
    """Ann with another device."""
    phone = ann.elsewhere()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15) Firefox/140.0"
    phone.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    phone.log_in()
    return phone


def numbers(app: Flask, person: Person) -> list[int]:
    """The numbers of a user's sessions on their profile, the oldest first."""
    with app.app_context():
        listed = accounts.list_sessions(people.by_email(person.email))
        return [row.number for row in sorted(listed, key=lambda row: row.id)]


def newest(app: Flask, person: Person) -> str:
    return f"{ALL}/{numbers(app, person)[-1]}"


def test_SE8_the_list_says_where_and_since_when(app: Flask, ann: Person, phone: Person) -> None:
    page = ann.get("/profile").text
    assert "Firefox on Android" in page
    assert "network 192.0.2.0" in page
    assert "192.0.2.77" not in page
    assert page.count("last seen") == 1
    assert page.count("This one") == 1
    assert f'action="{newest(app, ann)}"' in page
    assert "Log out everywhere else</button>" in page


def test_EN1_the_number_of_a_session_does_not_count_those_of_others(
    app: Flask, ann: Person, phone: Person
) -> None:
    ids = [row.id for row in rows_of(app, Session)]
    first, second = numbers(app, ann)
    assert {first, second}.isdisjoint(ids)
    assert second - first not in range(10)


def test_SE8_a_user_with_one_session_has_nothing_to_end(ann: Person) -> None:
    page = ann.get("/profile").text
    assert "Log out there" not in page
    assert "Log out everywhere else" not in page


@pytest.mark.parametrize("htmx", [False, True])
def test_SE8_one_session_is_ended(app: Flask, ann: Person, phone: Person, htmx: bool) -> None:
    tablet = ann.logged_in_elsewhere()
    answer = ann.post(f"{ALL}/{numbers(app, ann)[-2]}", htmx=htmx)
    if htmx:
        assert answer.status_code == 200
        assert 'id="row-sessions"' in answer.text
        assert "Firefox on Android" not in answer.text
        assert "<html" not in answer.text
    else:
        assert (answer.status_code, answer.location) == (303, "/profile")
    assert not phone.is_logged_in
    assert tablet.is_logged_in
    assert ann.is_logged_in


@pytest.mark.parametrize("htmx", [False, True])
def test_SE8_all_others_are_ended(app: Flask, ann: Person, phone: Person, htmx: bool) -> None:
    assert ann.post(ALL, htmx=htmx).status_code == (200 if htmx else 303)
    assert ann.is_logged_in
    assert not phone.is_logged_in
    assert count(app, Session, Session.user_id == user_of(app, ann.email).id) == 1


def test_SE8_a_session_is_ended_once_and_a_second_click_does_no_harm(
    app: Flask, ann: Person, phone: Person
) -> None:
    path = newest(app, ann)
    assert ann.post(path).status_code == 303
    assert ann.post(path).status_code == 303
    events = ann.get("/profile/events").text
    assert events.count("A session was ended from the profile") == 1


def test_SE8_nobody_ends_somebody_else_s_session(app: Flask, ann: Person, ben: Person) -> None:
    assert ben.post(newest(app, ann)).status_code == 303
    assert ben.post(ALL).status_code == 303
    assert ann.is_logged_in


def test_SE8_this_session_is_ended_only_by_logging_out(app: Flask, ann: Person) -> None:
    assert ann.post(newest(app, ann)).status_code == 303
    assert ann.is_logged_in


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "1.5"])
def test_IN4_an_invalid_number_breaks_nothing(ann: Person, number: str) -> None:
    assert ann.post(f"{ALL}/{number}").status_code in {303, 404}
