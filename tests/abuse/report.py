"""The report: a line an attack, and the evidence below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.abuse.attack import BROKEN, FAILED, HELD, NOT_TRIED, Outcome

WIDTH = 46


def line(outcome: Outcome) -> str:
    """Return the line of an attack, with its evidence where it did not simply hold."""
    attack = outcome.attack
    first = (
        f"{attack.requirement:<5} {attack.noun + ': ' + attack.name.replace('_', ' '):<{WIDTH}} "
        f"{outcome.tries:>5} tried {outcome.seconds:>6.1f} s  {outcome.verdict}"
    )
    return "\n".join([first, *(f"        {words}" for words in outcome.words)])


def summary(title: str, outcomes: Sequence[Outcome]) -> str:
    """Return how it ended, in one sentence."""
    found = Counter(outcome.verdict for outcome in outcomes)
    tries = sum(outcome.tries for outcome in outcomes)
    counts = ", ".join(
        f"{found[verdict]} {verdict}"
        for verdict in (HELD, BROKEN, NOT_TRIED, FAILED)
        if found[verdict]
    )
    return f"{title}: {len(outcomes)} attacks, {tries} tries: {counts}."


def is_good(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether nothing broke and every attack could be carried out or says why not."""
    return all(outcome.verdict in {HELD, NOT_TRIED} for outcome in outcomes)
