"""How often something may be done: counted before it is done, and before any key is hashed."""

from __future__ import annotations

import logging
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from flask import has_request_context, request

from minimaluser.database import transaction_before
from minimaluser.lib import audit, clock, rates, tokens
from minimaluser.lib.text import duration
from minimaluser.models import User
from minimaluser.rules import rules
from minimaluser.security import hits
from minimaluser.services import services
from minimaluser.settings import settings

# While the shared counter does not answer these are refused; the database counts the others.
GUARDS_OF_CODES = {"code", "forgot-key", "wrong-codes"}
REFUSING = ("account", "network", "site")
SCOPES = (*REFUSING, "alarm")
TOO_OFTEN = "That was too often."

Whom = User | int | str  # a user or the id of one, or another name of what is counted
Way = Sequence[tuple[str, Whom]]  # names in `rules.limits`, and for whom each counts


class TooMany(Exception):
    """It was done too often; its text is for the visitor. `seconds`: until it may be done again."""

    def __init__(self, seconds: float, words: str = TOO_OFTEN) -> None:
        super().__init__(f"{words} Please try again in {duration(seconds)}.")
        self.seconds = seconds


class NotCounted(Exception):
    """It cannot be counted just now, so it is not done."""


@dataclass(frozen=True)
class Attempt:
    """What somebody wants to do, counted under all of its keys or, one of them being full, none."""

    member: str  # its name in the counter
    waits: Mapping[str, float]  # for each key the seconds until it has room

    @property
    def wait(self) -> float:
        """The seconds until it may be tried again; zero if it was counted."""
        return max(self.waits.values(), default=0.0)


def count(action: str, whom: Whom = "", *, known: bool = False) -> Attempt:
    """Count an attempt, in a transaction of its own: nothing is locked when this returns.

    Args:
        action: a name in `rules.limits`.
        whom: which account it concerns, or which address, as its `emails.Email.key`.
        known: the owner does it: logged in, or from a browser of `known_browsers`. Crowds do not
            shut such a visitor out: what is full for a network or the site is only reported.

    Raises:
        TooMany: the limit is reached.
        NotCounted: codes are not tried while the counter is away.
    """
    way = [(action, whom)]
    attempt = _count(way)
    if attempt.wait:
        _report(action, attempt)
        if known or "alarm" in rules.limits[action]:
            attempt = _count(way, scopes={"account"} if known else REFUSING)
    if attempt.wait:
        raise TooMany(attempt.wait)
    return attempt


def count_inside(*ways: Way) -> Attempt:
    """Count an attempt in the caller's transaction, in the first of several ways that has room.

    Returns:
        The attempt; if none had room, the one that has to wait least.

    Raises:
        NotCounted: codes are not tried while the counter is away.
    """
    refused = []
    for way in ways:
        attempt = _count(way, inside=True)
        if not attempt.wait:
            return attempt
        refused.append(attempt)
    _report(ways[-1][0][0], refused[-1])
    return min(refused, key=lambda attempt: attempt.wait)


def give_back(*attempts: Attempt) -> None:
    """Do not count what turned out to be right; the caller commits."""
    if shared := services().counter:
        with _unless_away():
            for attempt in attempts:
                shared.give_back(attempt.member, attempt.waits)
    hits.give_back([attempt.member for attempt in attempts])


def clear(whom: Whom, *actions: str) -> None:
    """Begin to count anew for an account; the caller commits."""
    _clear([whom], actions)


def forget(*users: User) -> None:
    """Remove what was counted for users who leave; what guards the address stays its day."""
    _clear(users, [action for action, scopes in rules.limits.items() if "account" in scopes])


def _clear(those: Iterable[Whom], actions: Sequence[str]) -> None:
    keys = [key for who in those for what in actions for key in _keys(what, "account", who)]
    if shared := services().counter:
        with _unless_away():
            shared.clear(keys)
    hits.clear(keys)


def _count(way: Way, *, inside: bool = False, scopes: Container[str] = SCOPES) -> Attempt:
    """Count under every name of a way, unless one of them is full."""
    wanted = {
        key: windows
        for action, whom in way
        for key, windows in _wanted(action, whom, scopes).items()
    }
    member, moment, shared = tokens.random_id(), clock.now(), services().counter
    with nullcontext() if inside else transaction_before():
        if not wanted:
            return Attempt(member, {})
        if shared is not None:
            try:
                return Attempt(member, shared.count(member, wanted, moment))
            except rates.Unreachable:
                _warn()
                if GUARDS_OF_CODES.intersection(action for action, _ in way):
                    raise NotCounted from None
        return Attempt(member, hits.count(member, wanted, moment))


@contextmanager
def _unless_away() -> Iterator[None]:
    """Note that the shared counter does not answer, and go on: the database counts meanwhile."""
    try:
        yield
    except rates.Unreachable:
        _warn()


def _wanted(action: str, whom: Whom, scopes: Container[str]) -> dict[str, rates.Rates]:
    """Return the keys that an action counts under, and how often each may."""
    crowd = settings.rate_limit_crowd
    here = rates.networks(request.remote_addr or "") if has_request_context() else {}
    names: dict[str, dict[Whom, int]] = {  # and how many times as much each of them may
        "account": {whom: 1},
        "network": {network: crowd * times for network, times in here.items()},
        "site": {"all": crowd},
        "alarm": {"all": crowd},
    }
    return {
        key: tuple((most * times, window) for most, window in windows)
        for scope, windows in rules.limits[action].items()
        if scope in scopes
        for each, times in names[scope].items()
        for key in _keys(action, scope, each)
    }


def _keys(action: str, scope: str, whom: Whom) -> list[str]:
    """Return a key for each secret, so that no count is lost while one takes over from another."""
    identity = whom.id if isinstance(whom, User) else whom
    name = f"user {identity}" if isinstance(identity, int) else identity
    text = f"limits/{action}/{scope}/{name}"
    return [tokens.keyed_digest(secret, text) for secret in settings.session_secret]


def _report(action: str, attempt: Attempt) -> None:
    """Note that a limit was reached."""
    full = {key for key, wait in attempt.waits.items() if wait}
    flooded = not full.isdisjoint(_keys(action, "site", "all") + _keys(action, "alarm", "all"))
    level = logging.ERROR if flooded else logging.WARNING  # an alarm: this is no single visitor
    audit.note("excess_rate_limit_exceeded", level, action=action, site=flooded)


def _warn() -> None:
    audit.note("limit_counter_unreachable", logging.ERROR)
