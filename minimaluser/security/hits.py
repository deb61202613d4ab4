"""Hits counted in the database, where no counter of its own is set up; the caller commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from minimaluser.database import db
from minimaluser.lib.rates import Rates
from minimaluser.models import Hit


def count(member: str, wanted: Mapping[str, Rates], moment: datetime) -> dict[str, float]:
    """Count once under every key, unless one of them is full; see `lib.shared_counter`."""
    if db.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        _one_at_a_time(wanted)
    asked = [(key, most, window) for key, rates in wanted.items() for most, window in rates]
    filling = [
        select(Hit.at)
        .where(Hit.key == key, Hit.at > moment - window)
        .order_by(Hit.at.desc())
        .offset(most - 1)
        .limit(1)
        .scalar_subquery()
        for key, most, window in asked
    ]
    waits = dict.fromkeys(wanted, 0.0)
    for (key, _, window), at in zip(asked, db.session.execute(select(*filling)).one(), strict=True):
        if at is not None:
            waits[key] = max(waits[key], (at + window - moment).total_seconds())
    if not any(waits.values()):
        rows = [
            {
                "member": member,
                "key": key,
                "at": moment,
                "expires_at": moment + max(window for _, window in rates),
            }
            for key, rates in wanted.items()
        ]
        db.session.execute(insert(Hit), rows)
    return waits


def give_back(members: Collection[str]) -> None:
    """Take hits out of the count again."""
    db.session.execute(delete(Hit).where(Hit.member.in_(members)))


def clear(keys: Collection[str]) -> None:
    """Begin to count anew."""
    db.session.execute(delete(Hit).where(Hit.key.in_(keys)))


def _one_at_a_time(keys: Iterable[str]) -> None:
    """Make transactions that count under the same key wait for each other."""
    numbers = sorted(int(key[:15], 16) for key in keys)
    ordered = select(func.unnest(numbers).label("number")).subquery()
    db.session.execute(select(func.pg_advisory_xact_lock(ordered.c.number)))
