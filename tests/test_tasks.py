"""The engine itself, on the database of this run: it wakes the worker, and it runs jobs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from huey import Huey

from minimaluser import jobs, outbox, parts
from minimaluser.outbox import engine
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from tests import club

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAYS = datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.fixture
def huey(app: Flask) -> Iterator[Huey]:
    ours = services_of(app)
    ours.huey, ours.wake = engine.start(app)  # the app of the tests sleeps
    ours.huey.storage.initialize_schema()  # as the worker does when it starts
    yield ours.huey
    ours.huey.storage.close()


@pytest.fixture
def other(app: Flask, huey: Huey) -> Iterator[Huey]:
    """The engine of a second worker."""
    second, _ = engine.start(app)
    yield second
    second.storage.close()


@pytest.fixture(autouse=True)
def done(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[datetime]]:
    """When each job of the club ran."""
    monkeypatch.setattr(club, "DONE", {"polish": [], "count": []})
    return club.DONE


def minute(*engines: Huey) -> None:
    """Do what the engines do each minute."""
    waiting = [(each, task) for each in engines for task in each.read_periodic(None)]
    for each, task in waiting:
        each.execute(task)


def test_a_commit_wakes_the_worker_once(app: Flask, huey: Huey, eve: Person) -> None:
    eve.sign_up()
    eve.post("/confirm")
    assert huey.pending_count() == 1


def test_a_task_that_failed_is_queued_again_with_a_delay(app: Flask, huey: Huey) -> None:
    with app.app_context():
        outbox.wake(30.0)
    (task,) = huey.pending()
    assert task.eta is not None


def test_jobs_run_every_hour_and_every_night(huey: Huey, done: dict[str, list[Any]]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(25 * 6):
            minute(huey)
            clock.shift(10 * MINUTE)
    for job in (club.polish, club.count):
        new, *times = done[job.name]
        assert new == NOON
        due = [NOON.replace(hour=rules.night, minute=job.minute) + DAY]
        if job is club.polish:
            due = [NOON.replace(minute=job.minute) + hour * HOUR for hour in range(25)]
        assert all(
            timedelta(0) <= ran - when < 10 * MINUTE for ran, when in zip(times, due, strict=True)
        )


def test_of_two_workers_one_runs_a_job(huey: Huey, other: Huey, done: dict[str, list[Any]]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            minute(huey, other)
            clock.shift(HOUR)
    assert {name: len(times) for name, times in done.items()} == {"polish": 3, "count": 1}


def test_two_workers_that_look_at_the_same_moment_run_it_once(
    huey: Huey, other: Huey, done: dict[str, list[Any]]
) -> None:
    ready = threading.Barrier(2)

    def look(worker: Huey) -> None:
        ready.wait(10)
        minute(worker)
        worker.storage.close()

    workers = [threading.Thread(target=look, args=(each,)) for each in (huey, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {name: len(times) for name, times in done.items()} == {"polish": 1, "count": 1}


def test_a_job_runs_once_that_nobody_was_there_to_run(
    huey: Huey, done: dict[str, list[Any]]
) -> None:
    for moment in (NOON, DAYS):
        with time_machine.travel(moment, tick=False) as clock:
            minute(huey)
            clock.shift(MINUTE)
            minute(huey)
    assert done == {"polish": [NOON, DAYS], "count": [NOON, DAYS]}


def test_a_clock_that_is_behind_runs_no_job_again(huey: Huey, done: dict[str, list[Any]]) -> None:
    for minutes in (-30, 30, -30):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            minute(huey)
    assert len(done["polish"]) == 2


def test_the_engine_keeps_two_claims_of_a_job(huey: Huey) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            minute(huey)
            clock.shift(HOUR)
    claims = [key for key in huey.all_results() if key.startswith("job polish ")]
    assert len(claims) == 2


def failing() -> None:
    raise LookupError("no badge")


def put_in(app: Flask, *works: Callable[[], None]) -> None:
    """Have the app run these jobs and the club's."""
    more = parts.Part(jobs=tuple(jobs.hourly(work) for work in works))
    services_of(app).parts = (more, *services_of(app).parts)


def test_a_job_that_fails_is_logged_and_stops_no_other(
    app: Flask,
    huey: Huey,
    done: dict[str, list[Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    put_in(app, failing)
    caplog.set_level(logging.INFO, "minimaluser.audit")
    minute(huey)
    assert {name: len(times) for name, times in done.items()} == {"polish": 1, "count": 1}
    told = [(r.message, vars(r)["audit"]) for r in caplog.records if r.name == "minimaluser.audit"]
    assert ("job_failed", {"job": "failing", "problem": "LookupError"}) in told
    assert ("job_done", {"job": "count"}) in told
    assert [r.exc_info[0] for r in caplog.records if r.exc_info] == [LookupError]


def test_a_long_job_leaves_a_lane_to_the_mail(
    app: Flask, huey: Huey, done: dict[str, list[Any]]
) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def long() -> None:
        begun.set()
        goes_on.wait(10)

    put_in(app, long)
    lane = threading.Thread(target=minute, args=(huey,))
    lane.start()
    assert begun.wait(10)
    minute(huey)  # the other lane does not wait, and starts no job beside it
    assert done == {"polish": [], "count": []}
    goes_on.set()
    lane.join()
    assert {name: len(times) for name, times in done.items()} == {"polish": 1, "count": 1}


def test_jobs_have_names_and_minutes_of_their_own(app: Flask) -> None:
    with app.app_context():
        found = parts.jobs()
    ours = [found[name] for name in ("purge", "polish", "count")]
    assert len({job.minute for job in ours}) == len(ours)


def test_two_jobs_of_one_name_do_not_start(app: Flask) -> None:
    twice = replace(club.part, jobs=(club.count, jobs.hourly(club.count.work)))
    services_of(app).parts = (twice,)
    with pytest.raises(ValueError, match="two jobs"):
        parts.register(app)


def call(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


def test_jobs_are_listed_with_when_they_run(app: Flask) -> None:
    lines = {line.split()[0]: line for line in call(app, "jobs").output.splitlines()}
    assert lines.keys() >= {"purge", "polish", "count"}
    assert f"03:{club.count.minute:02} UTC" in lines["count"]
    assert "Count the badges." in lines["count"]
    assert f"*:{club.polish.minute:02} UTC" in lines["polish"]


def test_a_job_is_run_by_hand(app: Flask, done: dict[str, list[Any]]) -> None:
    assert call(app, "jobs", "run", "count").output == "count is done.\n"
    assert [len(done[name]) for name in ("polish", "count")] == [0, 1]
    assert "no job dance" in call(app, "jobs", "run", "dance").output
