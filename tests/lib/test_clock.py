"""The time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from minimaluser.lib import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_now_is_the_present_moment() -> None:
    noon = datetime(2027, 3, 28, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        assert clock.now() == noon
