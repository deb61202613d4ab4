"""Rows 10 and 27 with the real servers: killed, restarted in turn, given new secrets."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from minimaluser.testing.processes import Process, free_port, until, wait_for
from tests.faults.conftest import both
from tests.faults.inquest import Row, look
from tests.faults.life import NOT_NOW, Life
from tests.faults.nginx import Nginx
from tests.faults.stage import SECRETS, Stage
from tests.faults.sweep import Nursery, attach, needs_strace
from tests.faults.swept import finish_mail
from tests.faults.test_kills import traces

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
slow = pytest.mark.slow


@pytest.mark.quick
def test_fault_10_a_process_killed_at_some_moment_of_a_sign_up_leaves_all_or_nothing(
    make_stage: MakeStage, nursery: Nursery, row: OpenRow
) -> None:
    line = row("10 kill at some moments of a sign-up (short)", "sqlite")
    stage = make_stage("sqlite")
    for number in range(6):
        email = f"moment{number}@example.org"
        order: dict[str, Any] = {"page": "/signup", "path": "/signup", "form": {"email": email}}
        after = 0.03 + number * 0.01
        _, cookie = nursery.do(stage.environ, "visit", killed_after=after, **order)
        assert len(traces(stage, email)) in {0, 6}
        again, _ = nursery.do(stage.environ, "visit", cookie=cookie, **order)
        assert again.status == 303, again
        stage.acknowledged.add(email)
    finish_mail(stage, nursery)
    line.finish(6, look(stage))


@slow
@needs_strace
@both
def test_fault_10_a_kill_of_the_real_gunicorn_during_a_sign_up_leaves_all_or_nothing(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("10 kill of gunicorn's worker by system call", kind)
    stage = make_stage(kind)
    web = stage.start_web()
    call = {"sqlite": "pwrite64", "postgresql": "sendto"}[kind]
    killed = 0
    for number in range(2, 26, 3):
        (worker,) = web.children
        tracer = attach(worker, f"{call}:signal=KILL:when={number}")
        visitor = stage.sign_up(f"real{number}@example.org")
        if visitor.last.status == 0:
            killed += 1
            assert until(lambda w=worker: web.children and web.children != [w], 20)
            wait_for(f"{stage.base}/healthz", web)
        tracer.terminate()
        tracer.wait(10)
        stage.database.settle_but_web()
        assert len(traces(stage, visitor.email)) in {0, 6}
        if visitor.email not in stage.acknowledged:
            assert visitor.sign_up().status == 303
            stage.acknowledged.add(visitor.email)
    assert killed > 2
    stage.start_worker()
    assert stage.drained(60)
    line.finish(killed, look(stage))


@slow
@both
def test_fault_27_after_new_secrets_old_links_sessions_and_waiting_mails_are_good(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("27 secrets rotated: new,old", kind)
    stage = make_stage(kind)
    web = stage.start_web()
    port = int(stage.base.rpartition(":")[2])
    worker = stage.start_worker()
    linked = stage.sign_up("linked@example.org")
    assert stage.drained(30)
    worker.stop()
    inside = stage.sign_up("inside@example.org")
    assert stage.database.waiting() == 2, "sealed with the old secret"
    web.stop()
    rotated = [name for name in SECRETS if name != "JWT_MAILER_SECRET"]
    new = {name: f"{name} of the fault tests that came after: 9876543210" for name in rotated}
    stage.settings.update({name: f"{new[name]},{SECRETS[name]}" for name in rotated})
    web = stage.start_web(port=port)
    assert inside.get("/profile").status == 200, "still logged in"
    link = stage.sink.to(linked.email)[0].path("/confirm/")
    assert linked.get(link).status == 303, "on to its page"
    assert linked.post(link, page=link).status == 303
    assert linked.get("/profile").status == 200
    began = time.monotonic()
    stage.start_worker()
    assert stage.drained(90)
    took = time.monotonic() - began
    late = stage.sink.to(inside.email)[0].path("/confirm/")
    web.stop()
    stage.settings.update(new)
    stage.start_web(port=port)
    refused = inside.post(late, page="/about")
    line.finish(3, look(stage), f"what waited went out after {took:.1f} s")
    assert refused.status == 400, "a link of the old secret is gone with it"


@slow
@both
def test_fault_27_two_web_servers_restarted_in_turn_under_load_lose_no_request(
    kind: str,
    make_stage: MakeStage,
    row: OpenRow,
) -> None:
    line = row("27 rolling restart of two web servers", kind)
    stage = make_stage(kind)
    webs, ports = behind_nginx(stage)
    with stage.trickle("roll", pause=0.05):
        for web in webs:  # a new worker, the same master: not how to release, but nothing is lost
            (before,) = web.children
            web.send(signal.SIGHUP)
            assert until(lambda w=web, b=before: w.children and b not in w.children, 30)
            time.sleep(0.5)
        for number, port in enumerate(ports):
            webs[number].send(signal.SIGTERM)
            webs[number].popen.wait(30)
            webs[number] = stage.start_web(port=port)
            time.sleep(NGINX_FORGIVES_SECONDS)
    statuses = sorted({answer.status for answer in stage.answers})
    broken = sum(1 for answer in stage.answers if answer.status == 0)
    stage.start_worker()
    assert stage.drained(60)
    found = look(stage)
    found.errors += ["a connection broke"] * broken
    line.finish(4, found, f"{len(stage.answers)} requests, answers {statuses}")


@slow
def test_OP_everything_is_served_while_one_of_each_is_killed_in_turn(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("26/27 all use cases, kill -9 of web and worker in turn", "postgresql")
    stage = make_stage("postgresql", s3=True)
    webs, ports = behind_nginx(stage)
    workers = [stage.start_worker() for _ in ports]
    killing, numbers = threading.Event(), itertools.count()

    def lane(_which: int) -> list[Life]:
        lives: list[Any] = []
        while not lives or killing.is_set():
            number = next(numbers)
            lives.append(Life(stage, f"life{number}", stage.visitor))
            lives[-1].live(leaves=number % 3 == 2)
        return lives

    killing.set()
    with ThreadPoolExecutor(3) as pool:
        lanes = [pool.submit(lane, which) for which in range(3)]
        try:
            for turn in range(4):
                time.sleep(NGINX_FORGIVES_SECONDS)
                number = turn % 2
                for victim in (webs[number], workers[number]):
                    victim.kill()
                time.sleep(1)
                webs[number] = stage.start_web(port=ports[number])
                workers[number] = stage.start_worker()
        finally:
            killing.clear()
        lives = [life for done in lanes for life in done.result()]
    assert stage.drained(90), "what a killed worker had claimed is done when its lease ends"
    cut = Counter(a.method for a in stage.answers if a.status in NOT_NOW)
    note = f"{len(lives)} lives, {len(stage.answers)} requests; in flight at a kill: {dict(cut)}"
    line.finish(4, look(stage, allow_503=True), note)


# A server that failed is left alone for so long (a fail_timeout of 1 s, which nginx counts in whole
# seconds of its clock): whoever restarts the other one sooner has none.
NGINX_FORGIVES_SECONDS = 2.5


def behind_nginx(stage: Stage) -> tuple[list[Process], list[int]]:
    """Start nginx as it is shipped and the two web servers behind it."""
    ports = [free_port(), free_port()]
    webs = [stage.start_web(port=port) for port in ports]
    Nginx(stage, *ports).start()
    return webs, ports
