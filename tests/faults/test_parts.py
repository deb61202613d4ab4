"""All parts as they are deployed, and one person who meets each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from minimaluser.testing.processes import free_port
from tests.faults.inquest import Row, look
from tests.faults.life import Life
from tests.faults.stage import Stage

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]


@pytest.mark.quick
def test_OP_a_life_whose_every_request_meets_the_other_of_two_web_servers(
    make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("00 nothing: two web servers, worker, mailer, store", "postgresql")
    stage = make_stage("postgresql", s3=True)
    stage.start_worker()
    for port in (free_port(), free_port()):
        stage.start_web(port=port)
        stage.bases.append(f"http://127.0.0.1:{port}")
    stage.sign_up("stays@example.org")
    Life(stage, "leaves", stage.visitor).live(leaves=True)
    assert stage.drained(30)
    line.finish(2, look(stage), f"{len(stage.answers)} requests, {len(stage.sink.all)} mails")
