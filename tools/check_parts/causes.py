"""Puts what was found into the sequence in which it is mended: causes before what follows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from tools.check_parts.finding import LOST, MISSPELT, Finding

MANY = 3  # places that use something wrongly: it is wrong itself
NAMED = re.compile(r"[`#\"][^`\"]*[`\"]?")  # what differs from place to place


def sequence(found: Iterable[Finding]) -> list[Finding]:
    """Return each thing once, causes first.

    What many places are blamed for that call the same line of a macro is told once, at that line.
    What is as bad stands in the sequence of how often it was seen, so a macro that all forms use
    comes before one of its forms.
    """
    times = Counter(found)
    at_origin: dict[tuple[str, int, str], list[Finding]] = defaultdict(list)
    for each in times:
        if each.origin[0] and each.origin != (each.file, each.line):
            at_origin[*each.origin, NAMED.sub("", each.what)].append(each)
    for (file, line, _), those in at_origin.items():
        if len({(each.file, each.line) for each in those}) < MANY:
            continue
        first = those[0]
        what = f"{first.what}, and so in {len(those) - 1} more places"
        rank = min(first.rank, MISSPELT)
        times[replace(first, file=file, line=line, what=what, rank=rank)] = sum(
            times.pop(each) for each in those
        )
    return sorted(
        times, key=lambda each: (each.rank, -times[each] if each.rank < LOST else 0, each)
    )
