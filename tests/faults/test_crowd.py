"""Row 19: thousands of slow clients in front of nginx as it is shipped (OP2)."""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable

import pytest
import requests

from minimaluser.testing.processes import ROOT, Process, free_port, until
from tests.faults.inquest import Row, look
from tests.faults.nginx import Nginx
from tests.faults.stage import Stage

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
CLIENTS, ENOUGH = 8800, 7800  # nginx hangs up on some of them, who come back after a moment
GATHERING_SECONDS, PROBES, PAUSE_SECONDS = 150, 150, 0.1
MOST_P95_SECONDS = 0.5


@pytest.mark.slow
def test_OP2_the_home_page_is_quick_while_8000_slow_clients_are_served(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("19 8000 slow heads, bodies and readers", "sqlite")
    stage = make_stage("sqlite")
    ports = [free_port(), free_port()]
    for port in ports:
        stage.start_web(port=port)
    nginx = Nginx(stage, *ports)
    nginx.start()
    visitor = stage.sign_up("patient@example.org")
    before = [visitor.get("/").seconds for _ in range(20)]
    file = max((ROOT / "static" / "build").glob("*.css"), key=lambda path: path.stat().st_size)
    words = [sys.executable, "-m", "tests.faults.crowd", nginx.https, nginx.http, CLIENTS]
    words.append(f"/static/{file.name}")
    crowd = Process(words, {"PYTHONPATH": str(ROOT)}, stage.folder / "crowd.log")
    stage.processes.append(crowd)
    assert until(lambda: connections(nginx) >= ENOUGH, GATHERING_SECONDS, 0.5), connections(nginx)
    seconds, there = [], []
    for _ in range(PROBES):
        answer = visitor.get("/")
        assert answer.status == 200
        seconds.append(answer.seconds)
        there.append(connections(nginx))
        time.sleep(PAUSE_SECONDS)
    crowd.kill()
    until(lambda: connections(nginx) < 10, 30)
    after = visitor.get("/")
    p95 = statistics.quantiles(seconds, n=20)[-1]
    stage.start_worker()
    assert stage.drained(60)
    line.finish(
        PROBES,
        look(stage),
        f"{min(there)} to {max(there)} there; home p50 {statistics.median(seconds) * 1000:.0f}, "
        f"p95 {p95 * 1000:.0f}, most {max(seconds) * 1000:.0f} ms; before "
        f"{statistics.median(before) * 1000:.0f}, after {after.seconds * 1000:.0f} ms",
    )
    assert statistics.median(there) >= ENOUGH
    assert p95 < MOST_P95_SECONDS


def connections(nginx: Nginx) -> int:
    """How many clients nginx says it has."""
    said = requests.get(f"http://127.0.0.1:{nginx.status}/status", timeout=10).text
    found = re.search(r"Active connections: (\d+)", said)
    assert found, said
    return int(found[1])
