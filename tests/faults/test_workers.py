"""Rows 11 and 26: no worker, three workers, killed workers."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from minimaluser.testing.processes import until
from tests.faults.conftest import both
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]


@both
def test_fault_26_three_workers_at_once_do_what_an_hour_without_any_left(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("26 worker off, then three at once", kind)
    stage = make_stage(kind)
    stage.start_web()
    stage.sign_up_many(f"o{n}@example.org" for n in range(40))
    assert stage.database.waiting() == 80
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)  # the purge leaves rows of this age
    stage.database.do(f"UPDATE outbox_item SET created_at = '{an_hour_ago:%F %T.%f}'")
    ready = stage.visitor("").get("/readyz")
    assert (ready.status, '"queue":false' in ready.text.replace(" ", "")) == (503, True)
    stage.answers.remove(ready)  # the alarm, which is meant to be one
    for worker in [stage.start_worker() for _ in range(3)]:
        assert worker.is_alive
    assert stage.drained(60)
    line.finish(40, look(stage))
    assert stage.visitor("").get("/readyz").status == 200


@both
def test_fault_11_workers_killed_in_the_midst_cost_time_only(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("11 kill -9 of real workers in the midst", kind)
    stage = make_stage(kind)
    stage.start_web()
    stage.sign_up_many(f"m{n}@example.org" for n in range(40))
    assert len(stage.acknowledged) == 40
    kills = 0
    for wanted in (2, 10, 20):
        workers = [stage.start_worker(), stage.start_worker()]
        assert until(lambda n=wanted: len(stage.sink.all) >= n, 20, 0.002)
        for worker in workers:
            worker.send(signal.SIGKILL)
            kills += 1
        for worker in workers:
            worker.kill()
        stage.database.settle_but_web()
        stage.database.let_leases_end()
    stage.start_worker()
    assert stage.drained(60)
    line.finish(kills, look(stage))
