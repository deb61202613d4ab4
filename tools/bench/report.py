"""The rows of the table, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles

from tools.bench.load import Slice

HEAD = (
    *("thing", "database", "ratio", "CPU ms", "p50 ms", "p99 ms", "bytes"),
    *("SQL", "tx", "templates", "ratio by instructions", "million instructions"),
)
WEIGHTS = ("app", "start, CPU s", "MiB at first", "MiB after load")


@dataclass
class Row:
    """One thing at one place. Its figures, but times and bytes, are without what is hashed.

    Attributes:
        cpu: CPU milliseconds of a request, of each round.
        ratio: how many times those of the limit beside it.
        seconds: the time of each answer.
        counts: statements, transactions and templates.
        instructions: millions a request, and how many times those of the limit; if counted.
    """

    thing: str
    database: str = ""
    cpu: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    instructions: tuple[float, float] | None = None

    def add(self, found: Slice, cost: float, limit: float) -> None:
        """Add a slice, with its CPU milliseconds a request and those of the limit beside it."""
        self.cpu.append(cost)
        self.ratio.append(cost / limit)
        self.seconds += found.seconds
        self.bytes = found.bytes

    def at(self, percent: int) -> float:
        """Return a percentile of the times, in milliseconds."""
        return 1000 * quantiles(self.seconds, n=100, method="inclusive")[percent - 1]

    def cells(self) -> list[str]:
        millions, times = self.instructions or (None, None)
        return [
            *(self.thing, self.database, spread(self.ratio, 1), spread(self.cpu, 2)),
            *(f"{self.at(50):.1f}", f"{self.at(99):.1f}", f"{self.bytes:,}"),
            *map(str, self.counts.values() or ("", "", "")),
            *("" if figure is None else f"{figure:.1f}" for figure in (times, millions)),
        ]

    def figures(self) -> dict[str, object]:
        """Return the same for programs."""
        times = {"p50_ms": self.at(50), "p99_ms": self.at(99), "requests": len(self.seconds)}
        return {**asdict(self), **times, "seconds": None}


@dataclass
class Weight:
    """What an app needs: CPU seconds of each start, MiB of its process before and after it all."""

    app: str
    starts: list[float]
    before: float
    after: float

    def cells(self) -> list[str]:
        return [self.app, spread(self.starts, 2), f"{self.before:.0f}", f"{self.after:.0f}"]


def spread(values: Sequence[float], digits: int) -> str:
    """Return the median and, in brackets, the range."""
    middle, least, most = (f"{f(values):.{digits}f}" for f in (median, min, max))
    return f"{middle} ({least}–{most})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return the lines of a table in Markdown that can be read as it is."""
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in [head, ["-" * width for width in widths], *lines[1:]]:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        yield f"| {' | '.join(cells)} |"


def text(rows: Iterable[Row], weights: Iterable[Weight], note: str) -> str:
    """Return all that is printed."""
    measured = table(HEAD, (row.cells() for row in rows))
    weighed = table(WEIGHTS, (weight.cells() for weight in weights))
    return "\n".join([*measured, "", *weighed, "", note])


def written(docs: Path, shown: str) -> str:
    """Return the docs with another table between `begin bench` and `end`."""
    from tools.settings import filled

    return filled(docs, {"bench": shown})
