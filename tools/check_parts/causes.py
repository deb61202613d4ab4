"""Puts what was found into the sequence in which it is mended: causes before what follows."""

from __future__ import annotations

import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tools.check_parts.finding import MISSPELT, UNREADABLE, Finding
from tools.check_parts.scripts import ROOT

MANY = 3  # places that use something wrongly: it is wrong itself
NAMED = re.compile(r"[`#\"][^`\"]*[`\"]?")  # what differs from place to place


HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
Lines = Mapping[str, set[int]]  # by file


def sequence(found: Iterable[Finding], changed: Lines | None = None) -> list[Finding]:
    """Return each thing once, causes first.

    What cannot be read comes first, then what stands in lines that were changed last. What many
    places are blamed for that call the same line of a macro is told once, at that line; what is
    seen more often comes earlier, so a macro that all forms use comes before one of its forms.

    Args:
        found: in the sequence of the checks, which begin with what others follow from.
        changed: the lines that were changed since the last commit.
    """
    lines = changed or {}
    times = _collapsed(Counter(found))
    place = {each: number for number, each in enumerate(times)}

    def key(each: Finding) -> tuple[object, ...]:
        is_new = each.line in lines.get(each.file, ())
        often = sum(times[it] for it in times if (it.file, it.line) == (each.file, each.line))
        return (
            each.rank > UNREADABLE,
            not is_new,
            each.rank,
            -often,
            each.file,
            each.line,
            place[each],
        )

    return sorted(times, key=key)


def _collapsed(times: Counter[Finding]) -> Counter[Finding]:
    at_origin: dict[tuple[str, int, str], list[Finding]] = defaultdict(list)
    for each in times:
        at = each.origin if each.origin[0] else (each.file, each.line)
        at_origin[*at, NAMED.sub("", each.what)].append(each)
    for (file, line, _), those in at_origin.items():
        if len(those) < MANY:
            continue
        first = those[0]
        what = f"{first.what}, and so in {len(those) - 1} more places"
        rank = min(first.rank, MISSPELT)
        count = sum(times.pop(each) for each in those)
        times[replace(first, file=file, line=line, what=what, rank=rank)] = count
    return times


def changed_lines() -> Lines:
    """Return the lines of templates and style sheets that were changed since the last commit."""
    command = ["git", "-c", "safe.directory=*", "diff", "-U0", "--no-color", "HEAD", "--"]
    try:
        done = subprocess.run(
            [*command, "templates", "static/src"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:  # there is no git
        return {}
    return lines_of(done.stdout)


def lines_of(diff: str) -> Lines:
    """Return the changed lines that a diff without context names; beside what is gone, both."""
    found: dict[str, set[int]] = {}
    for part in re.split(r"^diff --git ", diff, flags=re.MULTILINE)[1:]:
        name = re.search(r"^\+\+\+ b/(.*)$", part, re.MULTILINE)
        for hunk in HUNK.finditer(part) if name else ():
            begin, count = int(hunk[1]), int(hunk[2] or 1)
            lines = range(begin, begin + count) if count else (begin, begin + 1)
            found.setdefault(name[1] if name else "", set()).update(lines)
    return found
