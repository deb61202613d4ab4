"""Row 28: PgBouncer between the site and its database, in both modes, while the worker is busy."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from minimaluser.testing.patterns import KEY, first
from minimaluser.testing.pgbouncer import MODES, running
from minimaluser.testing.postgres import Postgres
from minimaluser.testing.processes import until
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage, timed

pytestmark = pytest.mark.slow

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
PEOPLE, LANES, MAIL_SECONDS = 500, 6, 60


@pytest.mark.parametrize("mode", MODES)
def test_fault_28_through_a_pooler_everything_works_as_without(
    mode: str, make_stage: MakeStage, row: OpenRow, server: Postgres
) -> None:
    line = row(f"28 500 people through PgBouncer, {mode} mode", "postgresql")
    stage = make_stage("postgresql")
    with running(server, mode) as pooler:
        stage.settings["DATABASE_URL"] = pooler.url(stage.database.url.rpartition("/")[2])
        stage.start_web(2)
        worker = stage.start_worker()
        with ThreadPoolExecutor(LANES) as pool:
            took = timed(lambda: list(pool.map(lambda n: use_the_site(stage, n), range(PEOPLE))))
        assert worker.is_alive
        assert stage.drained(60)
        there = len(pooler.ask("SHOW SERVERS"))
        note = f"{PEOPLE / took:.1f} people a second over {there} connections to the server"
        nicknames = stage.database.rows("SELECT count(*) FROM users WHERE nickname LIKE 'Nick %'")
        line.finish(PEOPLE, look(stage), note)
    assert nicknames == [(PEOPLE,)]
    for problem in ("prepared statement", "Traceback"):
        assert all(problem not in process.said() for process in stage.processes)


def use_the_site(stage: Stage, number: int) -> None:
    """Sign up, log in elsewhere with the mailed key, and change the nickname there."""
    email = f"pooled{number}@example.org"
    assert stage.sign_up(email).last.status == 303
    assert until(lambda: stage.sink.to(email), MAIL_SECONDS), f"no mail to {email}"
    elsewhere = stage.visitor(email)
    key = first(KEY, stage.sink.to(email)[0].text)
    assert elsewhere.post("/login", {"email": email, "key": key}, "/login").status == 303
    form = {"nickname": f"Nick {number}"}
    assert elsewhere.post("/profile/nickname", form, "/profile").status == 303
