"""What an attack is: a function with the id of the requirement that must hold against it."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from tests.abuse.site import Site

HELD, BROKEN, NOT_TRIED, FAILED = "held", "BROKEN", "not tried", "FAILED"
MOST_EVIDENCE = 5


class NotTried(Exception):
    """This site gives no way to try the attack; the message says what is missing."""


class Failed(AssertionError):
    """The attack did not get as far as attacking: what an honest visitor does went wrong."""


@dataclass
class Trial:
    """One attack on one site: counts what is tried and keeps the evidence of what broke."""

    site: Site
    tries: int = 0
    evidence: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def check(self, held: object, evidence: str) -> None:
        """Count a try; `evidence` says what happened if it did not hold."""
        self.tries += 1
        if not held and evidence not in self.evidence:
            self.evidence.append(evidence)

    def control(self, worked: object, what: str) -> None:
        """Insist that what is honest works, or the attack would hold for a wrong reason.

        Raises:
            Failed: it did not.
        """
        if not worked:
            raise Failed(what)

    def note(self, text: str) -> None:
        """Tell the reader what was left out."""
        self.notes.append(text)


@dataclass(frozen=True)
class Attack:
    """A registered attack; `noun` is its file or part, `name` its function."""

    requirement: str
    noun: str
    name: str
    function: Callable[[Trial], None]

    @property
    def id(self) -> str:
        return f"{self.noun}.{self.name}"


@dataclass(frozen=True)
class Outcome:
    """How an attack on a site ended."""

    attack: Attack
    verdict: str
    tries: int
    seconds: float
    words: tuple[str, ...] = ()


ATTACKS: dict[str, Attack] = {}


def attack(requirement: str) -> Callable[[Callable[[Trial], None]], Callable[[Trial], None]]:
    """Register a function as an attack against a requirement."""

    def register(function: Callable[[Trial], None]) -> Callable[[Trial], None]:
        if not function.__doc__:
            raise TypeError(f"{function.__name__} does not say what is tried and what must hold")
        noun = function.__module__.removesuffix(".attacks").rpartition(".")[2]
        one = Attack(requirement, noun, function.__name__, function)
        ATTACKS[one.id] = one
        return function

    return register


def every_attack() -> list[Attack]:
    """Return all attacks in `attacks/` and in `tests/<part>/attacks.py`, by file."""
    from tests import stock
    from tests.abuse import attacks

    for module in sorted(each.name for each in pkgutil.iter_modules(attacks.__path__)):
        importlib.import_module(f"{attacks.__name__}.{module}")
    stock.brought("attacks")
    return sorted(ATTACKS.values(), key=lambda one: one.noun)


def carry_out(one: Attack, site: Site) -> Outcome:
    """Attack a site; whatever happens becomes an outcome."""
    trial, began = Trial(site), time.monotonic()
    try:
        one.function(trial)
        reason = ""
    except NotTried as problem:
        verdict, reason = NOT_TRIED, str(problem)
    except AssertionError as problem:  # of people and pages too
        verdict, reason = FAILED, str(problem)
    except (requests.RequestException, OSError) as problem:
        verdict, reason = FAILED, f"the site did not answer: {problem!r}"
    else:
        verdict = HELD if trial.tries else NOT_TRIED
    if trial.evidence:
        verdict = BROKEN
    hidden = len(trial.evidence) - MOST_EVIDENCE
    more = (f"… and {hidden} more",) if hidden > 0 else ()
    words = (*trial.evidence[:MOST_EVIDENCE], *more, *([reason] if reason else []), *trial.notes)
    return Outcome(one, verdict, trial.tries, time.monotonic() - began, words)
