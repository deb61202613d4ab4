"""Row 31: web, database and mailer on three hosts, each two of which lose each other for 30 s."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from minimaluser.testing.apps import migrate
from minimaluser.testing.door import Door
from minimaluser.testing.processes import free_port, until
from tests.faults.conftest import start_mailer
from tests.faults.hosts import (
    DATABASE,
    MAILER,
    PAIRS,
    WEB,
    FarPostgres,
    FarSink,
    FarStage,
    Hosts,
    hosts,
)
from tests.faults.inquest import Row, look
from tests.faults.stage import Database

pytestmark = pytest.mark.slow

OpenRow = Callable[[str, str], Row]
CUT_SECONDS = 30
SLOWEST_SECONDS = (
    20  # an answer while packets to the database vanish: ten, and two for each new try
)
BACK_SECONDS = 20  # packets that nobody has acknowledged are sent again after longer and longer


@pytest.fixture(scope="module")
def three_hosts() -> Iterator[Hosts]:
    with hosts() as made:
        yield made


@pytest.fixture(scope="module")
def far_server(three_hosts: Hosts, ground: Path) -> Iterator[FarPostgres]:
    server = FarPostgres(three_hosts)
    try:
        server.start()
        url = server.create("empty")
        migrate({"INSTANCE_PATH": str(ground / "empty-far"), "DATABASE_URL": url})
        yield server
    finally:
        server.end()


@pytest.fixture
def far(three_hosts: Hosts, far_server: FarPostgres, ground: Path) -> Iterator[FarStage]:
    port = free_port()
    folder = ground / f"far-{port}"
    folder.mkdir()
    sink = FarSink()
    name = f"far_{port}"
    database = Database("postgresql", far_server.create(name, "empty"), far_server)
    settings = {
        "DATABASE_URL": far_server.url(name, WEB),
        "MAILER_URL": f"http://{three_hosts.address(MAILER, WEB)}:{port}",
    }
    stage = FarStage(folder, database, sink, Door(port), settings=settings, hosts=three_hosts)
    try:
        enter, address = three_hosts.enter(MAILER), three_hosts.address(MAILER)
        stage.processes.append(start_mailer(folder / "mailer", port, sink, address, enter))
        yield stage
    finally:
        stage.end()
        sink.controller.stop()


def works(stage: FarStage, number: int) -> bool:
    return bool(stage.sign_up(f"well{number}@example.org").last.status == 303)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_fault_31_hosts_that_lose_each_other_lose_and_double_nothing(
    pair: tuple[str, str], far: FarStage, row: OpenRow
) -> None:
    line = row(f"31 no way between {' and '.join(pair)} for {CUT_SECONDS} s", "postgresql")
    far.start_web()
    far.start_worker()
    far.sign_up_many(f"before{number}@example.org" for number in range(8))
    mailed = len(far.sink.all)
    with far.trickle("cut", pause=0.3):
        time.sleep(1)
        with far.hosts.cut(pair):
            far.answers.clear()  # who asks now is answered during the cut or after it
            time.sleep(CUT_SECONDS)
        healed = time.monotonic()
        assert until(lambda: works(far, int(time.monotonic() * 100)), 60, 0.3)
        back = time.monotonic() - healed
        during = [*far.answers]
    assert during, "nobody has come"
    bad = [answer for answer in during if answer.status not in {200, 303}]
    if pair == (WEB, DATABASE):
        assert bad
        assert {answer.status for answer in bad} == {503}, bad[:5]
    else:
        assert not bad, bad[:5]
    assert max(answer.seconds for answer in during) < SLOWEST_SECONDS
    assert back < BACK_SECONDS
    assert far.drained(240), far.database.rows(
        "SELECT kind, problem, due_at FROM outbox_item WHERE state = 'waiting'"
    )
    assert len(far.sink.all) > mailed
    line.finish(
        len(far.acknowledged),
        look(far, allow_503=pair == (WEB, DATABASE)),
        f"{len(bad)} of {len(during)} answers were 503; back after {back:.1f} s",
    )
