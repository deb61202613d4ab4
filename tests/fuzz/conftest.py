"""How much is tried: a little in every run, and the same each time; much more by `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

CASES = int(os.environ.get("FUZZ_CASES") or 0)  # requests altogether; a short selection if 0
LIVES = int(os.environ.get("FUZZ_LIVES") or 0)
CASES_IN_SHORT, LIVES_IN_SHORT = 240, 6
IS_SHORT = CASES == 0


def effort(examples: int, **more: Any) -> settings:
    """Return the settings of Hypothesis for so many examples."""
    return settings(
        max_examples=examples,
        deadline=None,  # tests judge times themselves
        database=None,
        derandomize=IS_SHORT,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
        **more,
    )


@pytest.fixture(scope="session")
def tally() -> Iterator[dict[str, Any]]:
    """What happened, for a line at the end."""
    counted: dict[str, Any] = {}
    yield counted
    if counted and not IS_SHORT:
        print("\n" + ", ".join(f"{name}: {value}" for name, value in sorted(counted.items())))  # noqa: T201
