"""The budgets of the site, and the table that compares measurements with them."""

from __future__ import annotations

from dataclasses import dataclass

SCORE = 100  # in each of Lighthouse's four categories
LCP = 600  # milliseconds, Slow 4G and a processor four times slower
SIMULATED_LCP = 1200  # milliseconds, as Lighthouse reckons it
CLS = 0.0
TEXT = 25 * 1024  # bytes of HTML, CSS and JavaScript for the home page, as sent
FIRST_SCREEN = 90 * 1024  # bytes of all that the home page loads on a 360 px phone
REQUESTS = 6  # begun before all was there that the largest contentful paint waited for
NEXT_PAGE = 100  # milliseconds to the first paint of a page somebody moves to, 75th percentile
CHECK = 100  # milliseconds from leaving a field to seeing its error, 95th percentile
OWN_SCRIPT = 4352  # bytes, compressed


@dataclass(frozen=True)
class Row:
    """One measurement; with `least`, higher values are better."""

    what: str
    value: float
    limit: float
    unit: str = ""
    least: bool = False
    note: str = ""

    @property
    def is_kept(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


def table(rows: list[Row]) -> str:
    """Return the rows as text, those over budget marked."""
    width = max(len(row.what) for row in rows)
    lines = []
    for row in rows:
        sign = "≥" if row.least else "≤"
        mark = "ok  " if row.is_kept else "OVER"
        value, limit = f"{row.value:>9,.4g}", f"{row.limit:,.4g}"
        if row.unit == "bytes":
            value, limit = f"{row.value:>9,.0f}", f"{row.limit:,.0f}"
        line = f"{mark} {row.what:<{width}} {value} {sign} {limit} {row.unit}"
        lines.append(f"{line}  {row.note}".rstrip())
    return "\n".join(lines)
