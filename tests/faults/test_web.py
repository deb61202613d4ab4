"""Rows 10 and 27 with the real servers: killed, restarted in turn, given new secrets."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import both
from tests.faults.inquest import Findings, Row, look
from tests.faults.processes import Process, free_port, until
from tests.faults.stage import SECRETS, Stage, wait_for
from tests.faults.sweep import Nursery, attach, needs_strace
from tests.faults.test_kills import finish_mail, traces

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
slow = pytest.mark.slow

# The rules of deploy/nginx.conf about two web servers, without TLS.
NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream web {{
        server 127.0.0.1:{one} max_fails=0;
        server 127.0.0.1:{two} max_fails=0;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://web;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $http_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto https;
            proxy_connect_timeout 2s;
            proxy_next_upstream error timeout;
            proxy_next_upstream_tries 2;
        }}
    }}
}}
"""


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
            assert until(lambda w=worker: web.children and web.children != [w], 20)  # type: ignore[misc]
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
    link = stage.sink.to(linked.email)[0].link("/confirm/")
    assert linked.get(link).status == 200
    assert linked.post(link, page=link).status == 303
    assert linked.get("/profile").status == 200
    began = time.monotonic()
    stage.start_worker()
    assert stage.drained(90)
    took = time.monotonic() - began
    late = stage.sink.to(inside.email)[0].link("/confirm/")
    web.stop()
    stage.settings.update(new)
    stage.start_web(port=port)
    refused = inside.post(late, page="/about")
    line.finish(3, look(stage), f"what waited went out after {took:.1f} s")
    assert refused.status == 400, "a link of the old secret is gone with it"


@pytest.fixture
def nginx(ground: Path) -> Iterator[Callable[[Stage], list[int]]]:
    """Put nginx in front of two web servers; return their ports."""
    started: list[Process] = []

    def start(stage: Stage) -> list[int]:
        one, two, port = free_port(), free_port(), free_port()
        config = stage.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=stage.folder, one=one, two=two, port=port))
        command = ["nginx", "-c", config]
        try:
            started.append(Process(command, {}, stage.folder / "nginx.out"))
        except FileNotFoundError:
            pytest.skip("nginx is not installed")
        stage.base = f"http://127.0.0.1:{port}"
        return [one, two]

    yield start
    for process in started:
        process.stop()


@slow
@both
def test_fault_27_two_web_servers_restarted_in_turn_under_load_lose_no_request(
    kind: str,
    make_stage: MakeStage,
    nginx: Callable[[Stage], list[int]],
    row: OpenRow,
) -> None:
    line = row("27 rolling restart of two web servers", kind)
    stage = make_stage(kind)
    ports = nginx(stage)
    webs = [stage.start_web(port=port) for port in ports]
    with stage.trickle("roll", pause=0.05):
        for web in webs:  # a new worker, the same master
            (before,) = web.children
            web.send(signal.SIGHUP)
            assert until(lambda w=web, b=before: w.children and b not in w.children, 30)  # type: ignore[misc]
            time.sleep(0.5)
        for number, port in enumerate(ports):
            webs[number].send(signal.SIGTERM)
            webs[number].popen.wait(30)
            webs[number] = stage.start_web(port=port)
    statuses = sorted({answer.status for answer in stage.answers})
    broken = sum(1 for answer in stage.answers if answer.status == 0)
    stage.start_worker()
    assert stage.drained(60)
    found = look(stage)
    found.errors += ["a connection broke"] * broken
    line.finish(4, found, f"{len(stage.answers)} requests, answers {statuses}")


@slow
def test_OP_two_web_servers_and_two_workers_serve_while_one_of_each_is_killed_in_turn(
    make_stage: MakeStage, nginx: Callable[[Stage], list[int]], row: OpenRow
) -> None:
    line = row("26/27 kill -9 of web and worker in turn", "postgresql")
    stage = make_stage("postgresql")
    ports = nginx(stage)
    webs = [stage.start_web(port=port) for port in ports]
    workers = [stage.start_worker() for _ in ports]
    with stage.trickle("turn", pause=0.05):
        for number, port in enumerate(ports):
            for victim in (webs[number], workers[number]):
                os.killpg(victim.pid, signal.SIGKILL)
                victim.popen.wait()
            time.sleep(0.5)
            before = len(stage.acknowledged)
            assert until(lambda n=before: len(stage.acknowledged) > n, 10), "nobody serves"  # type: ignore[misc]
            webs[number], workers[number] = stage.start_web(port=port), stage.start_worker()
    for worker in workers:
        worker.stop()
    stage.database.settle_but_web()
    stage.database.let_leases_end()
    stage.start_worker()
    assert stage.drained(60)
    gone = [a for a in stage.answers if a.status == 502]
    for answer in gone:  # in the hands of the process that was killed
        stage.answers.remove(answer)
    found: Findings = look(stage, allow_503=True)
    note = f"{len(stage.answers)} requests, {len(gone)} in flight at a kill were told 502"
    line.finish(4, found, note)
