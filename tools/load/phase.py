"""One phase: so many visitors for so long, at full speed or with pauses."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from itertools import count

from minimaluser.testing.processes import ROOT, START_SECONDS, Process, until
from tests.faults.visitor import HOST
from tools.bench.load import cpu_of
from tools.load.mix import visits
from tools.load.site import Site, cpu_of_all, idle, watched_queue
from tools.load.walk import Deed

LOCUST = ROOT / "tools" / "load" / ".venv" / "bin" / "locust"
SETTLE_SECONDS = 5  # until all visitors are there; it is not measured
PATIENCE_SECONDS, PAUSES = 60, 12  # in which visits that have begun may end
EACH = 1_000_000  # so many forms may be sent in a phase, each with a number of its own
_phases = count(1)


@dataclass(frozen=True)
class Phase:
    """What was seen.

    Attributes:
        deeds: all that was done, also before and after the time that was measured.
        began, ended: of that time (seconds since 1970).
        cpu: CPU seconds of each part in it; the load is Locust, and this process with its mailbox.
        idle: seconds in which cores had nothing to do.
        ages: of the queue, in seconds, now and then in it.
    """

    deeds: list[Deed]
    began: float
    ended: float
    cpu: dict[str, float]
    idle: float
    ages: list[float]


def run(site: Site, visitors: int, seconds: float, pause: float) -> Phase:
    """Let a crowd come, and return what was seen.

    Args:
        site: a site that runs.
        visitors: how many there are at once.
        seconds: how long it is measured.
        pause: the mean seconds between an answer and what its visitor does next.

    Raises:
        RuntimeError: the crowd has not come, or has told nothing; with what Locust has said.
    """
    number, folder = next(_phases), site.stage.folder
    names = {name: str(folder / f"{name}-{number}.json") for name in ("plan", "began", "deeds")}
    plan = {
        **names,
        "first": number * EACH,
        "host": HOST,
        "port": int(site.stage.base.rpartition(":")[2]),
        "authority": site.stage.authority,
        "pause": pause,
        "known": site.known,
        "visits": [asdict(visit) for visit in visits()],
    }
    (folder / f"plan-{number}.json").write_text(json.dumps(plan))
    patience = round(PATIENCE_SECONDS + PAUSES * pause)
    all_of_it = f"{SETTLE_SECONDS + seconds + 2:.0f}s"
    words = [LOCUST, "-f", "tools/load/visitors.py", "--headless", "--only-summary"]
    words += ["-u", visitors, "-r", visitors, "-t", all_of_it, "-s", patience]
    environ = {"LOAD_PLAN": names["plan"], "PYTHONPATH": str(ROOT)}
    crowd = Process(words, environ, folder / f"locust-{number}.log")
    site.stage.processes.append(crowd)
    is_here = (folder / f"began-{number}.json").exists
    if not until(lambda: is_here() or not crowd.is_alive, START_SECONDS) or not is_here():
        raise RuntimeError(f"Nobody comes:\n{crowd.said()}")
    time.sleep(SETTLE_SECONDS)
    with watched_queue(site) as ages:
        began, before, idle_before = time.time(), _cpu(site, crowd), idle()
        time.sleep(seconds)
        ended, after, idle_after = time.time(), _cpu(site, crowd), idle()
    told = folder / f"deeds-{number}.json"
    if not until(lambda: not crowd.is_alive, 2 * patience) or not told.exists():
        raise RuntimeError(f"The crowd does not end as it should:\n{crowd.said()}")
    deeds = [Deed(**each) for each in json.loads(told.read_text())]
    cpu = {name: after[name] - before[name] for name in after}
    return Phase(deeds, began, ended, cpu, idle_after - idle_before, ages)


def _cpu(site: Site, crowd: Process) -> dict[str, float]:
    return {**site.cpu(), "load": cpu_of_all(crowd) + cpu_of(os.getpid())}
