"""Commands."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from minimaluser import outbox
from minimaluser.models import OutboxItem
from minimaluser.security.access import addresses
from minimaluser.settings import SECRETS, settings_of
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, user_of, work


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize(
    ("state", "status"), [("confirmed", 200), ("unconfirmed", 303), ("disabled", 303)]
)
def test_a_user_is_created_in_a_state(app: Flask, state: str, status: int) -> None:
    result = run(app, "user", "create", "carla@example.org", "--state", state)
    assert result.exit_code == 0
    key = re.search(r"access key: (\S+)", result.output)
    nickname = re.search(r"nickname: +(\S+)", result.output)
    assert key
    assert nickname
    carla = Person(app, "carla@example.org", key[1])
    assert carla.log_in().status_code == (422 if state == "disabled" else 303)
    assert carla.get("/club/").status_code == status
    assert user_of(app, carla.email).nickname == nickname[1]


def test_a_user_is_created_with_a_key(app: Flask) -> None:
    result = run(app, "user", "create", "carla@example.org", "--key", "a key for tests")
    assert "access key: a key for tests" in result.output
    assert Person(app, "carla@example.org", "a key for tests").log_in().status_code == 303


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", "ann@example.org"], "There is an account"),
        (["create", "nonsense"], "does not look like"),
        (["create", "x@example.org", "--state", "famous"], "Invalid value"),
        (["confirm", "nobody@example.org"], "Nobody has the address"),
        (["disable", "nobody@example.org"], "Nobody has the address"),
    ],
)
def test_what_cannot_be_done_is_said_and_fails(app: Flask, words: list[str], said: str) -> None:
    result = run(app, "user", *words)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_user_is_confirmed_disabled_and_listed(app: Flask, ben: Person) -> None:
    assert "is confirmed" in run(app, "user", "confirm", ben.email).output
    assert ben.get("/club/").status_code == 200
    assert "is disabled" in run(app, "user", "disable", ben.email).output
    assert not ben.is_logged_in
    lines = run(app, "user", "list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["disabled", "ben@example.org"],
        ["confirmed", "ann@example.org"],
    ]


def test_purge_says_how_much_went(app: Flask, ben: Person, clock: time_machine.Traveller) -> None:
    assert "unconfirmed: 0" in run(app, "purge").output
    clock.shift(timedelta(days=8))
    assert "unconfirmed: 1" in run(app, "purge").output


def test_work_does_everything_that_is_due(app: Flask) -> None:
    run(app, "work")
    assert count(app, OutboxItem, OutboxItem.state == outbox.WAITING) == 0


def test_a_dead_task_is_listed_and_tried_again(app: Flask) -> None:
    work(app)
    row = rows_of(app, OutboxItem)[0]
    change(app, OutboxItem, row.id, state=outbox.DEAD, problem="no such mailbox")
    listed = run(app, "outbox", "list").output
    assert str(row.id) in listed
    assert "no such mailbox" in listed
    assert "waits again" in run(app, "outbox", "retry", row.id).output
    again = run(app, "outbox", "retry", row.id)
    assert again.exit_code == 1
    assert "not a dead letter" in again.output


@pytest.mark.parametrize("words", [["upgrade"], ["current"], ["heads"]])
def test_the_migrations_of_every_part_are_brought_up_to_date(app: Flask, words: list[str]) -> None:
    result = run(app, "db", *words)
    assert result.exit_code == 0, result.output
    assert "db" in run(app, "--help").output


def test_the_doctor_says_what_is_configured(app: Flask) -> None:
    work(app)
    result = run(app, "doctor")
    assert result.exit_code == 0
    assert re.search(r"^APP_ENV: +development$", result.output, re.MULTILINE)
    assert "the built-in mailbox" in result.output
    assert result.output.count(" ready") == 4


def test_the_doctor_finds_a_missing_schema(app: Flask) -> None:
    from minimaluser.database import db

    with app.app_context():
        db.session.execute(db.text("UPDATE alembic_version SET version_num = 'old' || version_num"))
        db.session.commit()
    result = run(app, "doctor")
    assert result.exit_code == 1
    assert "NOT READY" in result.output


def test_the_doctor_tells_no_secret(app: Flask) -> None:
    change_settings(app, database_url="postgresql://mu@db.example/mu?password=hush-hush")
    output = run(app, "doctor").output
    assert "hush-hush" not in output
    for name in SECRETS:
        assert getattr(settings_of(app), name.lower())[0] not in output


def test_the_access_command_shows_every_address_and_who_may_use_it(app: Flask) -> None:
    said = run(app, "access").output
    assert re.search(r"^POST +/profile/nickname +logged in +user_updated$", said, re.MULTILINE)
    assert re.search(r"^GET +/reset-key/\* +everybody +secret$", said, re.MULTILINE)
    assert len(said.splitlines()) == len(addresses(app))


def test_IN1_access_tells_nginx_which_views_take_more(app: Flask) -> None:
    larger = [each.location for each in addresses(app) if each.location]
    said = run(app, "access", "--nginx").output.splitlines()
    assert said == ["# made by flask access --nginx", *sorted(larger)]
