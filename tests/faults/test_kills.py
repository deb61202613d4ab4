"""Rows 10, 11 and 12: a process that is killed at any moment leaves all or nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.conftest import both
from tests.faults.inquest import Findings, Row, look
from tests.faults.stage import Stage
from tests.faults.sweep import WRITES, Nursery, Outcome, kills, needs_strace
from tests.faults.swept import Deed, Leave, Move, Reset, Someone, finish_mail

pytestmark = pytest.mark.slow

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]


@needs_strace
@both
def test_fault_10_a_kill_during_a_sign_up_leaves_all_or_nothing(
    kind: str, make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("10 kill at every system call of a sign-up", kind)
    stage = make_stage(kind)
    found, tries, numbers = Findings(), 0, itertools.count()

    def sign_up(injection: str) -> Outcome:
        email = f"n{next(numbers)}@example.org"
        order: dict[str, Any] = {"page": "/signup", "path": "/signup", "form": {"email": email}}
        outcome, cookie = nursery.do(stage.environ, "visit", injection, **order)
        stage.database.settle()
        before = traces(stage, email)
        assert before in (set(), WHOLE), f"{injection}: {before}"
        again, _ = nursery.do(stage.environ, "visit", cookie=cookie, **order)
        assert again.status == 303, f"{injection}: {again}"
        stage.acknowledged.add(email)
        return outcome

    survivors = 0
    for call in WRITES[kind]:
        for _, outcome in kills(call, sign_up):
            tries += 1
            survivors += not outcome.killed
    assert survivors == len(WRITES[kind])
    finish_mail(stage, nursery)
    found += look(stage)
    line.finish(tries, found)


WHOLE = {"user", "session", "token", "mail", "tile_put", "tile"}


def traces(stage: Stage, email: str) -> set[str]:
    """The rows that belong to somebody."""
    rows = stage.database.rows
    found = rows(f"SELECT id, tile_svg FROM users WHERE email = '{email}'")
    if not found:
        return set()
    ((identity, tile),) = found
    there = {"user"} | ({"tile"} if tile else set())
    there |= {k for (k,) in rows(f"SELECT kind FROM outbox_item WHERE user_id = {identity}")}
    for table in ("session", "token"):
        there |= {table for _ in rows(f"SELECT id FROM {table} WHERE user_id = {identity}")}
    return there


COARSE = {
    "sqlite": {"pwrite64": 1, "fdatasync": 1, "fcntl": 6, "write": 1},
    "postgresql": {"sendto": 1, "recvfrom": 2},
}


@needs_strace
@both
@pytest.mark.parametrize("what", [Move, Reset, Leave], ids=lambda what: what.__name__.lower())
def test_fault_12_a_kill_during_a_change_leaves_it_undone_or_done(
    what: type[Deed], kind: str, make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row(f"12 kill during {what.name}", kind)
    stage = make_stage(kind)
    found, tries, numbers = Findings(), 0, itertools.count()
    deeds = [what(Someone(stage, nursery, f"k{next(numbers)}"))]

    def attempt(injection: str) -> Outcome:
        deed = deeds[-1]
        stage.database.do("DELETE FROM hit")  # a try that was killed counts as one
        outcome, _ = nursery.do(stage.environ, "visit", injection, **deed.order())
        stage.database.settle()
        state = deed.state
        assert state in {"before", "after"}, f"{injection}: {state} (not {deed.before})"
        assert outcome.killed or (outcome.status, state) == (303, "after"), outcome
        if state == "after":  # used up: the next one needs a new account
            deeds.append(what(Someone(stage, nursery, f"k{next(numbers)}")))
        return outcome

    for call, step in COARSE[kind].items():
        tries += sum(1 for _ in kills(call, attempt, step))
    assert len(deeds) > len(COARSE[kind])
    finish_mail(stage, nursery)
    found += look(stage)
    line.finish(tries, found)


WORKER_CALLS = {
    "sqlite": {"pwrite64": 1, "write": 1, "sendto": 1, "recvfrom": 1, "rename": 1, "fcntl": 4},
    "postgresql": {"sendto": 1, "recvfrom": 1, "write": 1, "rename": 1},
}


@needs_strace
@both
def test_fault_11_a_kill_of_the_worker_at_any_call_costs_time_only(
    kind: str, make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("11 kill at every system call of a delivery", kind)
    stage = make_stage(kind)
    tries, numbers = 0, itertools.count()

    def deliver(injection: str) -> Outcome:
        email = f"w{next(numbers)}@example.org"
        order: dict[str, Any] = {"page": "/signup", "path": "/signup", "form": {"email": email}}
        signed, _ = nursery.do(stage.environ, "visit", **order)
        assert signed.status == 303
        stage.acknowledged.add(email)
        outcome, _ = nursery.do(stage.environ, "drain", injection)
        assert outcome.killed or outcome.status == 200, outcome
        stage.database.settle()
        finish_mail(stage, nursery)
        return outcome

    for call, step in WORKER_CALLS[kind].items():
        tries += sum(1 for _ in kills(call, deliver, step))
    line.finish(tries, look(stage))
