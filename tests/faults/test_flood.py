"""Row 24: a flood of log-ins with wrong keys, from everywhere at once (CR8)."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest

from minimaluser.testing.patterns import KEY, first
from minimaluser.testing.processes import ROOT, Process, until
from tests.faults.conftest import both
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage
from tests.faults.test_web import behind_nginx
from tests.faults.visitor import Visitor

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
CLIENTS, PROBES, PAUSE_SECONDS = 200, 150, 0.1
MOST_P95_SECONDS, MOST_GROWTH = 0.5, 100 << 20
NOT_NOW, REFUSED = 503, 422


@pytest.mark.slow
@both
def test_CR8_the_site_is_quick_and_small_while_200_log_in_at_once(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("24 200 log-ins at once, all the time, wrong keys", kind)
    stage = make_stage(kind)
    webs, _ = behind_nginx(stage)
    worker = stage.start_worker()
    owner = stage.sign_up("owner@example.org")
    assert stage.drained(30)
    key = first(KEY, stage.sink.to(owner.email)[0].text)
    before = [owner.get("/").seconds for _ in range(20)]
    small = [web.memory() for web in webs]
    words = [sys.executable, "-m", "tests.faults.flood", stage.base, stage.authority, CLIENTS]
    flood = Process(words, {"PYTHONPATH": str(ROOT)}, stage.folder / "flood.log")
    stage.processes.append(flood)
    assert until(lambda: sum(said(flood).values()) >= CLIENTS, 60, 0.5), flood.said()
    began, at_first = time.monotonic(), said(flood)
    pages: dict[str, list[float]] = {"/": [], "/profile": []}
    grown = 0
    for _ in range(PROBES):
        for path, seconds in pages.items():
            answer = owner.get(path)
            assert answer.status == 200, answer
            seconds.append(answer.seconds)
        grown = max(grown, max(w.memory() - b for w, b in zip(webs, small, strict=True)))
        time.sleep(PAUSE_SECONDS)
    waited = log_in(stage.visitor(owner.email), key)
    answers = said(flood) - at_first
    a_second = sum(answers.values()) / (time.monotonic() - began)
    flood.kill()
    p95 = {path: statistics.quantiles(seconds, n=20)[-1] for path, seconds in pages.items()}
    assert worker.is_alive
    assert stage.drained(60)
    line.finish(
        PROBES,
        look(stage, allow_503=True),
        f"home p50 {statistics.median(pages['/']) * 1000:.0f}, p95 {p95['/'] * 1000:.0f}, "
        f"profile p95 {p95['/profile'] * 1000:.0f} ms; before "
        f"{statistics.median(before) * 1000:.0f} ms; {a_second:.0f} log-ins a second: "
        f"{dict(answers)}; a web server grew by {grown / (1 << 20):.0f} MiB at most; "
        f"the owner was in after {waited:.1f} s",
    )
    assert answers[REFUSED] > PROBES, "keys were verified all the while"
    assert set(answers) <= {REFUSED, NOT_NOW}
    assert p95["/"] < MOST_P95_SECONDS
    assert p95["/profile"] < MOST_P95_SECONDS
    assert grown < MOST_GROWTH


def said(flood: Process) -> Counter[int]:
    """How many answers of which status there were until now."""
    lines = [line for line in flood.said().splitlines() if line.startswith("{")]
    found = json.loads(lines[-1]) if lines else {}
    return Counter({int(status): count for status, count in found.items()})


def log_in(visitor: Visitor, key: str) -> float:
    """Log in, again after as long as the site says, and return the seconds it took."""
    began = time.monotonic()
    form = {"email": visitor.email, "key": key}
    while (answer := visitor.post("/login", form, "/login")).status == NOT_NOW:
        time.sleep(float(answer.headers["Retry-After"]))
    assert answer.status == 303, answer
    return time.monotonic() - began
