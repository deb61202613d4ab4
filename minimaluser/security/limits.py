"""How often something may be done: counted before it is done, and before any key is hashed."""

from __future__ import annotations

import logging
from collections.abc import Container, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from flask import has_request_context, request

from minimaluser.database import transaction_before
from minimaluser.lib import audit, clock, emails, rates, tokens
from minimaluser.models import User
from minimaluser.rules import rules
from minimaluser.security import hits
from minimaluser.services import services
from minimaluser.settings import settings

# While the shared counter does not answer these are refused; the database counts the others.
GUARDS_OF_CODES = {"code", "forgot-key", "wrong-codes"}
REFUSING = ("account", "network", "site")
SCOPES = (*REFUSING, "alarm")


class TooMany(Exception):
    """It was done too often.

    Attributes:
        seconds: until it may be tried again.
        words: a sentence for the visitor that says what was.
    """

    words = "That was too often."

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} seconds")
        self.seconds = seconds


class NotCounted(Exception):
    """It cannot be counted just now, so it is not done."""


@dataclass(frozen=True)
class Hit:
    """One deed as it was counted."""

    member: str
    keys: tuple[str, ...]


def count(action: str, subject: str = "", *beside: str, known: bool = False) -> Hit:
    """Count a deed, in a transaction of its own: nothing is locked when this returns.

    Args:
        action: a name in `rules.limits`.
        subject: which account or address it concerns; see `address_of` and `user_of`.
        beside: more names that it counts for.
        known: the owner does it: logged in, or from a browser of `known_browsers`. Crowds do not
            shut such a visitor out: what is full for a network or the site is only reported.

    Raises:
        TooMany: the limit is reached.
        NotCounted: codes are not tried while the counter is away.
    """
    wanted = [(name, subject) for name in (action, *beside)]
    hit, waits = take(wanted)
    if any(waits):
        report(action, hit, waits)
        if known or "alarm" in rules.limits[action]:
            hit, waits = take(wanted, scopes={"account"} if known else REFUSING)
    if any(waits):
        raise TooMany(max(waits))
    return hit


def count_inside(action: str, subject: str) -> Hit | None:
    """Count a deed in the caller's transaction; None if the limit is reached, which nobody tells.

    Raises:
        NotCounted: codes are not tried while the counter is away.
    """
    hit, waits = take([(action, subject)], inside=True)
    if any(waits):
        report(action, hit, waits)
        return None
    return hit


def give_back(hit: Hit) -> None:
    """Do not count what turned out to be right; the caller commits."""
    counter = _shared()
    if counter is not None:
        try:
            counter.give_back(hit.member, hit.keys)
        except rates.Unreachable:
            _warn()
    hits.give_back(hit.member)


def clear(subject: str, *actions: str) -> None:
    """Begin to count anew for an account; the caller commits."""
    keys = [key for action in actions for key in _keys(action, "account", subject)]
    counter = _shared()
    if counter is not None:
        try:
            counter.clear(keys)
        except rates.Unreachable:
            _warn()
    hits.clear(keys)


def forget(user: User) -> None:
    """Remove what was counted for a user who leaves; what guards the address stays its day."""
    clear(user_of(user), *rules.limits)


def address_of(text: str) -> str:
    """Return what an address is counted as, whether or not it is one."""
    try:
        return emails.parse(text)[1]
    except emails.BadEmail:
        return text.strip().casefold()[: emails.LONGEST]


def user_of(user: User | int) -> str:
    """Return what a user, or who has this id, is counted as; an id is never given twice."""
    return f"user {user if isinstance(user, int) else user.id}"


def take(
    named: Sequence[tuple[str, str]], *, inside: bool = False, scopes: Container[str] = SCOPES
) -> tuple[Hit, list[float]]:
    """Count under names of `rules.limits`, each for somebody, unless one of them is full.

    Returns:
        The hit, and for each of its keys the seconds until there is room: all zero if it counted.
    """
    wanted = {
        key: windows
        for action, subject in named
        for key, windows in _wanted(action, subject, scopes).items()
    }
    member, moment = tokens.random_id(), clock.now()
    hit, counter = Hit(member, tuple(wanted)), _shared()
    with nullcontext() if inside else transaction_before():
        if not wanted:
            return hit, []
        if counter is not None:
            try:
                return hit, counter.take(member, wanted, moment)
            except rates.Unreachable:
                _warn()
                if GUARDS_OF_CODES.intersection(action for action, _ in named):
                    raise NotCounted from None
        return hit, hits.take(member, wanted, moment)


def _wanted(
    action: str, subject: str, scopes: Container[str]
) -> dict[str, tuple[tuple[int, timedelta], ...]]:
    crowd = settings.rate_limit_crowd
    everybody = {"all": crowd}
    subjects = {"account": {subject: 1}, "site": everybody, "alarm": everybody, "network": {}}
    if has_request_context():
        found = rates.networks(request.remote_addr or "")
        subjects["network"] = {network: crowd * times for network, times in found.items()}
    return {
        key: tuple((most * times, window) for most, window in windows)
        for scope, windows in rules.limits[action].items()
        if scope in scopes
        for name, times in subjects[scope].items()
        for key in _keys(action, scope, name)
    }


def _keys(action: str, scope: str, subject: str) -> list[str]:
    """Return a key for each secret, so that no count is lost while one takes over from another."""
    name = f"limits/{action}/{scope}/{subject}"
    return [tokens.keyed_digest(secret, name) for secret in settings.session_secret]


def _shared() -> rates.SharedCounter | None:
    return services().counter


def report(action: str, hit: Hit, waits: list[float]) -> None:
    """Note that a limit was reached."""
    full = {key for key, wait in zip(hit.keys, waits, strict=True) if wait}
    flooded = not full.isdisjoint(_keys(action, "site", "all") + _keys(action, "alarm", "all"))
    level = logging.ERROR if flooded else logging.WARNING  # an alarm: this is no single visitor
    audit.note("excess_rate_limit_exceeded", level, action=action, site=flooded)


def _warn() -> None:
    audit.note("limit_counter_unreachable", logging.ERROR)
