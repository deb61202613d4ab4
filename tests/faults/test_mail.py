"""Rows 5 to 8: whatever the mailer does, every mail goes out once and no form waits for it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from statistics import median
from typing import Any

import pytest

from minimaluser.testing.door import LOSING, OPEN, SHUT, Dripping, answer
from minimaluser.testing.processes import PYTHON, ROOT, free_port, until, wait_for
from tests.faults.conftest import both, start_mailer
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage
from tests.faults.sweep import Nursery
from tests.faults.swept import finish_mail

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
slow = pytest.mark.slow


def posts(stage: Stage) -> list[float]:
    """How long the sign-ups took, and forget them."""
    found = [a.seconds for a in stage.answers if (a.method, a.path) == ("POST", "/signup")]
    stage.answers.clear()
    return found


def sign_up_inside(stage: Stage, nursery: Nursery, *emails: str) -> None:
    """Sign up without a server in between, which is quicker to begin."""
    for email in emails:
        order: dict[str, Any] = {"page": "/signup", "path": "/signup", "form": {"email": email}}
        outcome, _ = nursery.do(stage.environ, "visit", **order)
        assert outcome.status == 303, outcome
        stage.acknowledged.add(email)


@pytest.mark.quick
def test_fault_05_a_mailer_that_is_down_for_a_moment_costs_time_only(
    make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("05 mailer down (short)", "sqlite")
    stage = make_stage("sqlite")
    stage.mailer.set(SHUT)
    sign_up_inside(stage, nursery, *(f"q{n}@example.org" for n in range(5)))
    nursery.do(stage.environ, "drain")
    assert (stage.database.waiting(), stage.sink.all) == (5, [])
    stage.mailer.set(OPEN)
    finish_mail(stage, nursery)
    line.finish(5, look(stage))


@slow
@both
def test_fault_05_while_the_mailer_is_down_forms_are_as_quick_and_all_mails_go_out_after(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("05 mailer down during 30 sign-ups", kind)
    stage = make_stage(kind)
    stage.start_web()
    stage.start_worker()
    for n in range(3):
        stage.sign_up(f"warm{n}@example.org")
    posts(stage)
    up, down = [], []
    for turn in range(3):  # in turns, because the machine is not always equally busy
        stage.mailer.set(OPEN)
        for n in range(10):
            stage.sign_up(f"up{turn}-{n}@example.org")
        assert stage.drained(60)
        up += posts(stage)
        stage.mailer.set(SHUT)
        for n in range(10):
            stage.sign_up(f"down{turn}-{n}@example.org")
        down += posts(stage)
    assert stage.database.waiting() > 0
    stage.mailer.set(OPEN)
    assert stage.drained(90)
    note = f"median {median(up) * 1000:.0f} ms up, {median(down) * 1000:.0f} ms down"
    line.finish(30, look(stage), note)
    assert median(down) < 1.5 * median(up) + 0.03, note


@slow
@both
def test_fault_06_a_mailer_that_never_ends_its_answer_is_left_and_starves_nobody(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("06 mailer drips for 60 s", kind)
    stage = make_stage(kind)
    stage.start_web()
    stage.start_worker()
    stage.mailer.set(Dripping(60))
    stage.sign_up("first@example.org")
    assert until(lambda: stage.mailer.passed == 1, 10)
    began = time.monotonic()
    stage.sign_up("second@example.org")
    assert until(lambda: stage.mailer.passed == 2, 8), "no lane for the second one"
    quick = time.monotonic() - began
    tried = "SELECT count(*) FROM outbox_item WHERE problem LIKE 'NoAnswer%'"
    assert until(lambda: stage.database.rows(tried)[0][0] >= 1, 14), "not cut after ten seconds"
    cut = time.monotonic() - began
    stored = "SELECT count(*) FROM users WHERE tile_svg IS NULL"  # files come after all mails
    assert until(lambda: stage.database.rows(stored)[0][0] == 2, 14), "files wait for the mailer"
    stage.mailer.set(OPEN)
    assert stage.drained(60)
    line.finish(2, look(stage), f"cut after {cut:.0f} s, the other lane took {quick:.1f} s")


LIES = {
    "an error": answer(500, b"oops"),
    "too many": answer(429, b"", "Retry-After: 1"),
    "not now": answer(503, b'{"status": "later"}'),
    "no content": answer(204),
    "garbage": answer(200, b"<html>fine</html>"),
    "an error that says 200": answer(200, b'{"status": "error"}'),
    "accepted, but 202": answer(202, b'{"status": "accepted"}'),
    "elsewhere": answer(302, b"", "Location: http://127.0.0.1:1/"),
    "far too much": answer(200, b" " * 3_000_000),
    "nothing": answer(200),
}


@slow
@both
def test_fault_07_nothing_but_accepted_counts_as_sent(
    kind: str, make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("07 mailer lies", kind)
    stage = make_stage(kind)
    for number, (what, lie) in enumerate(LIES.items()):
        stage.mailer.set(lie)
        sign_up_inside(stage, nursery, f"lie{number}@example.org")
        stage.database.let_leases_end()
        nursery.do(stage.environ, "drain")
        assert stage.database.waiting() == number + 1, what
    stage.mailer.set(answer(422, b'{"status": "refused"}'))
    sign_up_inside(stage, nursery, "dead@example.org")
    nursery.do(stage.environ, "drain")
    dead = "SELECT id FROM outbox_item WHERE state = 'dead' AND sealed IS NOT NULL"
    letters = stage.database.rows(dead)
    assert letters
    assert stage.sink.all == []
    stage.mailer.set(OPEN)
    for (letter,) in letters:  # one, or more where the machine was so slow that others were due
        again = [*PYTHON, "flask", "--app", "minimaluser", "outbox", "retry", str(letter)]
        subprocess.run(again, cwd=ROOT, env=stage.environ, check=True, capture_output=True)
    finish_mail(stage, nursery)
    line.finish(len(LIES) + 1, look(stage))


@slow
@both
def test_fault_08_an_answer_lost_after_the_mail_went_out_makes_no_second_mail(
    kind: str, make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("08 answer lost after accept", kind)
    stage = make_stage(kind)
    stage.mailer.set(LOSING)
    sign_up_inside(stage, nursery, *(f"lost{n}@example.org" for n in range(10)))
    nursery.do(stage.environ, "drain")
    assert until(lambda: len(stage.sink.all) == 10, 10)
    assert stage.database.waiting() == 10, "the worker cannot know"
    for _ in range(2):
        stage.database.let_leases_end()
        nursery.do(stage.environ, "drain")
    stage.mailer.set(OPEN)
    finish_mail(stage, nursery)
    line.finish(30, look(stage))


@slow
def test_fault_08_a_mailer_killed_before_the_yes_sends_once_and_after_it_once_too_often(
    make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    """After the yes nobody can know: the mail comes again, with the same Message-ID."""
    line = row("08 mailer killed (-9) before / after SMTP's yes", "sqlite")
    stage = make_stage("sqlite")
    folder, port = stage.folder / "mailer", free_port()
    mailer = start_mailer(folder, port, stage.sink)
    stage.processes.append(mailer)
    stage.mailer.target = port
    for moment, before, after in (("RCPT", 0, 1), ("DATA", 1, 2)):
        stage.sink.at[moment] = lambda: os.kill(mailer.children[0], signal.SIGKILL)
        email = f"{moment.lower()}@example.org"
        sign_up_inside(stage, nursery, email)
        nursery.do(stage.environ, "drain")
        stage.sink.at.clear()
        wait_for(f"{stage.mailer.url}/healthz", mailer)
        stage.database.let_leases_end()
        nursery.do(stage.environ, "drain")
        assert (stage.database.waiting(), len(stage.sink.to(email))) == (1, before)
        with closing(sqlite3.connect(folder / "mailer.db")) as ledger, ledger:
            ledger.execute("UPDATE message SET at = 0 WHERE state = 'sending'")  # its lease ends
        finish_mail(stage, nursery)
        assert len(stage.sink.to(email)) == after
    line.finish(2, look(stage), "known; the second mail has the same Message-ID", doubled=1)


def test_the_lies_are_no_acceptance() -> None:
    bodies = [lie.content.partition(b"\r\n\r\n")[2] for lie in LIES.values()]
    assert {"status": "accepted"} in [json.loads(b) for b in bodies if b.startswith(b"{")]
