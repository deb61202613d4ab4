"""Row 9: whatever the store does, pages show the tile and nothing is left over in the end."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from minimaluser.testing.door import OPEN, SHUT, SILENT, Manner, Slow, answer
from minimaluser.testing.patterns import KEY, SEED, TILE, first
from minimaluser.testing.processes import until
from tests.faults.conftest import both
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage
from tests.faults.sweep import Nursery
from tests.faults.swept import finish_mail
from tests.faults.test_mail import sign_up_inside
from tests.faults.visitor import Visitor

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
slow = pytest.mark.slow
LONGEST_SECONDS = 2.0
MANNERS: dict[str, Manner] = {
    "down": SHUT,
    "silent": SILENT,
    "slow": Slow(6),
    "403": answer(403, b"<Error><Code>AccessDenied</Code></Error>"),
    "500": answer(500, b"<Error><Code>InternalError</Code></Error>"),
}


def key_of(stage: Stage, email: str) -> str:
    assert until(lambda: stage.sink.to(email), 60)
    return first(KEY, stage.sink.to(email)[0].text)


def leave(stage: Stage, visitor: Visitor) -> None:
    form = {"current_key": key_of(stage, visitor.email)}
    answered = visitor.post("/profile/delete", form, "/profile/delete")
    assert answered.status == 303, answered
    stage.left.add(visitor.email)


def redraw(visitor: Visitor) -> None:
    page = visitor.get("/profile/tile")
    seed = first(SEED, page.text)
    assert visitor.post("/profile/tile", {"seed": seed}, "/profile/tile").status == 303


@pytest.mark.quick
def test_fault_09_a_store_that_is_down_for_a_moment_costs_time_only(
    make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("09 store down (short)", "sqlite")
    stage = make_stage("sqlite", s3=True)
    assert stage.store
    stage.store.set(answer(503))
    sign_up_inside(stage, nursery, "s0@example.org", "s1@example.org")
    nursery.do(stage.environ, "drain")
    assert (stage.database.waiting(), stage.files()) == (2, set())
    stage.store.set(OPEN)
    finish_mail(stage, nursery)
    line.finish(2, look(stage))


@slow
@both
def test_fault_09_no_visitor_notices_a_store_that_is_down_slow_or_refusing(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("09 store down, silent, slow, 403, 500", kind)
    stage = make_stage(kind, s3=True)
    assert stage.store
    stage.start_web()
    stage.start_worker()
    old = stage.sign_up_many(f"old{n}@example.org" for n in range(2 * len(MANNERS)))
    assert stage.drained(60)
    slowest = 0.0
    for number, manner in enumerate(MANNERS.values()):
        stage.store.set(manner)
        stage.answers.clear()
        fresh = stage.sign_up(f"new{number}@example.org")
        assert fresh.last.status == 303, fresh.last
        page = fresh.get("/profile")
        tile = fresh.get(first(TILE, page.text))
        assert (page.status, tile.status) == (200, 200), (page, tile)
        assert tile.text.startswith("<svg")
        redraw(old[2 * number])
        leave(stage, old[2 * number + 1])
        assert all(a.status < 400 for a in stage.answers)
        slowest = max(slowest, *(a.seconds for a in stage.answers))
        time.sleep(1.5)  # the worker meets the store as it is
    stage.store.set(OPEN)
    assert stage.drained(120)
    line.finish(3 * len(MANNERS), look(stage), f"slowest answer {slowest * 1000:.0f} ms")
    assert slowest < LONGEST_SECONDS


def replace_slowly(stage: Stage, email: str) -> None:
    """Sign up while the store takes four seconds, and draw another tile after one."""
    assert stage.store
    before = stage.store.passed
    stage.store.set(Slow(4))
    visitor = stage.sign_up(email)
    assert until(lambda: stage.store and stage.store.passed > before, 10)
    time.sleep(1.3)  # boto3 sends the file itself after a second at the latest
    stage.store.set(OPEN, cut=False)
    redraw(visitor)
    assert until(lambda: stage.database.rows(REMOVALS) == [(0,)], 2), "no lane took the removal"


REMOVALS = "SELECT count(*) FROM outbox_item WHERE kind = 'tile_remove' AND state = 'waiting'"


@slow
@both
def test_fault_09_a_tile_replaced_while_the_slow_store_takes_it_in_leaves_no_file(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("09 tile replaced while it is being stored", kind)
    stage = make_stage(kind, s3=True)
    stage.start_web()
    stage.start_worker()
    for number in range(3):
        replace_slowly(stage, f"early{number}@example.org")
        assert stage.drained(60)
    line.finish(3, look(stage))


@slow
@both
def test_fault_09_a_worker_killed_while_the_store_takes_in_a_replaced_tile_leaves_no_file(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("09+11 worker killed while such a tile is stored", kind)
    stage = make_stage(kind, s3=True)
    stage.start_web()
    for number in range(2):
        worker = stage.start_worker()
        replace_slowly(stage, f"killed{number}@example.org")
        worker.kill()
        time.sleep(4)  # what was on its way arrives
        stage.database.settle_but_web()
        stage.database.let_leases_end()
        last = stage.start_worker()
        assert stage.drained(60)
        last.stop()
    line.finish(2, look(stage))
