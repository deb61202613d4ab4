"""What one phase shows in figures, the tables, and what follows for other machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, quantiles
from typing import Any

from tools.bench.report import table
from tools.load.phase import Phase
from tools.load.verdict import EVENTS, Verdict
from tools.load.walk import Deed

HEAD = (
    *("web processes", "known users", "load", "requests/s", "p50 ms", "p99 ms"),
    *("p99 ms, no hash", "errors", "queue s", "actions, mails", "lost", "doubled"),
)
LOAD = "load"
QUIET = 0.2  # the most cores that others may take, so that the figures are to be believed
FULL = 0.9  # of a core: a process, or a machine, that can hardly do more


@dataclass
class Row:
    """One phase.

    Attributes:
        processes: of the site's web servers.
        known: users whom the site knows.
        load: "full" or "half".
        rate: answers as they should be, a second.
        p50, p99: milliseconds of all answers; p99_quick: of those for which no key is hashed.
        errors: answers that were not as they should be, by status; 0 are those that never came.
        queue: the greatest age of the queue, in seconds.
        cost: CPU milliseconds of a request, by the part of the site; that of the load, too.
        taken, idle: cores that all of this took, and that had nothing to do, of those there are.
    """

    processes: int
    known: int
    load: str
    rate: float
    p50: float
    p99: float
    p99_quick: float
    errors: dict[int, int]
    queue: float
    cost: Mapping[str, float]
    taken: float
    idle: float
    cores: int
    verdict: Verdict

    def cells(self) -> list[str]:
        found = self.verdict
        return [
            *(f"{self.processes}", f"{self.known:,}", self.load, f"{self.rate:.0f}"),
            *(f"{each:.0f}" for each in (self.p50, self.p99, self.p99_quick)),
            " + ".join(f"{many} × {status}" for status, many in self.errors.items()) or "0",
            f"{self.queue:.0f}",
            *(f"{found.actions}, {found.mails}", f"{len(found.lost)}", f"{len(found.doubled)}"),
        ]

    @property
    def of_the_site(self) -> dict[str, float]:
        """Return the CPU milliseconds of a request without those of the load."""
        return {name: cost for name, cost in self.cost.items() if name != LOAD}

    @property
    def others(self) -> float:
        """Return how many cores did something that has nothing to do with this."""
        return max(0.0, self.cores - self.taken - self.idle)

    @property
    def is_disturbed(self) -> bool:
        """Tell whether the figures say more about the machine than about the site."""
        return self.others > QUIET

    @property
    def first_limit(self) -> str:
        """Return what could do no more, in words."""
        of_web = self.rate * self.cost["web"] / 1000 / self.processes
        if of_web >= FULL * min(1, self.cores / self.processes):
            return "the CPU time of a web process"
        if self.idle <= (1 - FULL) * self.cores:
            rest = f", of which other programs took {self.others:.1f}" if self.is_disturbed else ""
            return f"the {self.cores} cores of the machine{rest}"
        return "something other than cores"

    def figures(self) -> dict[str, object]:
        """Return all of it for programs."""
        return asdict(self) | {"first_limit": self.first_limit}


def measure(phase: Phase) -> dict[str, Any]:
    """Return the figures of a row that follow from what was done in the time that counts."""
    inside = [deed for deed in phase.deeds if phase.began <= deed.ended < phase.ended]
    seconds, good = phase.ended - phase.began, sum(deed.good for deed in inside)
    return {
        "rate": good / seconds,
        "p50": percentile(inside, 50),
        "p99": percentile(inside, 99),
        "p99_quick": percentile([deed for deed in inside if deed.name not in EVENTS], 99),
        "errors": dict(Counter(deed.status for deed in inside if not deed.good)),
        "queue": max(phase.ages, default=0.0),
        "cost": {name: 1000 * used / len(inside) for name, used in phase.cpu.items()},
        "taken": sum(phase.cpu.values()) / seconds,
        "idle": phase.idle / seconds,
    }


def percentile(deeds: Iterable[Deed], percent: int) -> float:
    """Return in how many milliseconds so many percent were answered."""
    times = [1000 * deed.seconds for deed in deeds]
    return quantiles(times, n=100, method="inclusive")[percent - 1]


def limits(rows: Sequence[Row]) -> list[list[str]]:
    """Return what one process, one machine and many machines can do at most.

    What was not measured is computed: a core has 1000 milliseconds a second.
    """
    full = [row for row in rows if row.load == "full"]
    measured = [
        [f"web processes here: {row.processes}", f"{row.rate:.0f}", row.first_limit]
        for row in sorted(full, key=lambda each: each.processes)
        if row.known == full[-1].known
    ]
    cost = {name: mean(row.cost[name] for row in full) for name in full[0].of_the_site}
    web, database, cores = cost["web"], cost["PostgreSQL"], full[0].cores
    many = 1000 * cores / database
    return [
        *measured,
        ["one core for a web process", f"{1000 / web:.0f}", "its CPU time"],
        [
            f"{cores} cores for the whole site, the load elsewhere",
            f"{1000 * cores / sum(cost.values()):.0f}",
            "cores: more of them, or another machine for PostgreSQL",
        ],
        [
            f"many machines for web processes, {cores} cores for PostgreSQL",
            f"{many:.0f}",
            f"the CPU time of PostgreSQL, with {many * web / 1000:.0f} web processes",
        ],
    ]


def text(rows: Sequence[Row], note: str) -> str:
    """Return all that is printed."""
    parts = list(rows[0].cost)
    costs = [
        [f"{row.processes}", f"{row.known:,}", row.load]
        + [f"{row.cost[part]:.2f}" for part in parts]
        + [f"{cores:.1f}" for cores in (row.taken, row.idle, row.others)]
        for row in rows
    ]
    return "\n".join(
        [
            *table(HEAD, (row.cells() for row in rows)),
            "",
            *table((*HEAD[:3], *parts, "cores taken", "idle", "by others"), costs),
            "",
            *table(("what", "requests/s at most", "first limit"), limits(rows)),
            "",
            note,
        ]
    )
