"""Tasks to be done after a commit: claimed, done, tried again, and who is woken for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import outbox
from minimaluser.database import db
from minimaluser.lib import clock as now
from minimaluser.models import OutboxItem
from minimaluser.outbox import delivery
from minimaluser.rules import DAY, rules
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, work
from tests.queued import item, put, work_once

SECOND = timedelta(seconds=1)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: OutboxItem) -> None:
        raise ConnectionError("the store is down\n" + "x" * 500)

    monkeypatch.setitem(delivery.DOERS, "tile_remove", fail)


def test_nothing_to_do_is_said(empty: Flask) -> None:
    assert work_once(empty) is False


def test_a_task_is_done_once(empty: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setitem(delivery.DOERS, "tile_remove", lambda row: done.append(row.reference))
    identity = put(empty)
    assert work_once(empty) is True
    assert work_once(empty) is False
    assert done == [item(empty, identity).reference]
    assert item(empty, identity).state == outbox.DONE
    assert item(empty, identity).done_at is not None


def test_the_oldest_task_that_is_due_is_done_first(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setitem(delivery.DOERS, "tile_remove", lambda row: done.append(row.id))
    first, second = put(empty), put(empty)
    change(empty, OutboxItem, second, due_at=now.now() - DAY)  # one put off keeps its place
    work(empty)
    assert done == [first, second]


def test_ML4_a_task_that_fails_is_tried_again_with_growing_pauses(
    empty: Flask, broken: None, clock: time_machine.Traveller
) -> None:
    identity = put(empty)
    pauses = []
    for _ in range(12):
        assert work_once(empty) is True
        assert work_once(empty) is False
        pauses.append((item(empty, identity).due_at - now.now()).total_seconds())
        clock.shift(pauses[-1])
    least = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    for pause, expected in zip(pauses, least, strict=True):
        assert expected <= pause <= min(1.25 * expected, 300)
    assert len({pause / expected for pause, expected in zip(pauses[:8], least, strict=False)}) > 1
    row = item(empty, identity)
    assert row.state == outbox.WAITING
    assert row.tries == 12
    assert row.problem.startswith("ConnectionError")
    assert len(row.problem) <= 200


def test_a_task_that_fails_does_not_hold_up_the_others(
    empty: Flask, broken: None, ann: Person
) -> None:
    put(empty)
    other = put(empty, "tile_put")
    work(empty)
    assert item(empty, other).state == outbox.DONE


def test_a_task_that_failed_is_done_when_the_trouble_is_over(
    empty: Flask, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    identity = put(empty)
    with monkeypatch.context() as trouble:
        trouble.setitem(delivery.DOERS, "tile_remove", lambda _: 1 / 0)
        work(empty)
    clock.shift(3)
    work(empty)
    assert item(empty, identity).state == outbox.DONE


def test_a_worker_that_dies_loses_its_lease_after_a_minute(
    empty: Flask, clock: time_machine.Traveller
) -> None:
    identity = put(empty)
    with empty.app_context():
        assert outbox._claim() == identity  # and is never heard of again
    assert work_once(empty) is False
    clock.shift(rules.mail_lease - SECOND)
    assert work_once(empty) is False
    clock.shift(SECOND)
    assert work_once(empty) is True
    assert item(empty, identity).state == outbox.DONE
    assert item(empty, identity).tries == 2


def test_a_task_of_no_known_kind_does_not_stop_the_worker(empty: Flask) -> None:
    put(empty, "juggle")
    other = put(empty)
    work(empty)
    assert item(empty, other).state == outbox.DONE


@pytest.mark.parametrize("fails", [False, True])
def test_a_task_whose_row_is_gone_meanwhile_is_fine(
    empty: Flask, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def remove_row(row: OutboxItem) -> None:
        db.session.delete(row)
        db.session.commit()
        if fails:
            raise ConnectionError("the store is down")

    monkeypatch.setitem(delivery.DOERS, "tile_remove", remove_row)
    put(empty)
    assert work_once(empty) is True
    assert count(empty, OutboxItem) == 0


@pytest.fixture
def woken(empty: Flask) -> list[float]:
    calls: list[float] = []
    services_of(empty).wake = lambda seconds=0.0: calls.append(seconds)
    return calls


def test_a_worker_is_woken_after_the_commit_and_not_before(
    empty: Flask, woken: list[float]
) -> None:
    with empty.app_context():
        outbox.add("tile_remove", "x", None)
        db.session.flush()
        assert woken == []
        db.session.commit()
        assert woken == [0.0]
        db.session.execute(db.select(OutboxItem))
        db.session.commit()
        assert woken == [0.0]


def test_no_worker_is_woken_for_a_task_that_was_rolled_back(
    empty: Flask, woken: list[float]
) -> None:
    with empty.app_context():
        outbox.add("tile_remove", "x", None)
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    assert woken == []


def test_a_worker_is_woken_again_for_what_failed(
    empty: Flask, broken: None, woken: list[float]
) -> None:
    put(empty)
    work(empty)
    assert woken[0] == 0.0
    assert 1 <= woken[1] <= 1.25


def test_an_engine_that_is_down_does_not_cost_the_change(empty: Flask) -> None:
    def down(_seconds: float = 0.0) -> None:
        raise ConnectionError("no engine")

    services_of(empty).wake = down
    put(empty)
    assert count(empty, OutboxItem) == 1
