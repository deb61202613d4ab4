"""How much is tried: a little in every run, and the same each time; much more by `make fuzz`."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from tests.fuzz import counted, holes

CASES = int(os.environ.get("FUZZ_CASES") or 0)  # requests altogether; a short selection if 0
LIVES = int(os.environ.get("FUZZ_LIVES") or 0)
WORLDS = int(os.environ.get("FUZZ_WORLDS") or 0)  # pairs of them
CASES_IN_SHORT, LIVES_IN_SHORT, WORLDS_IN_SHORT = 240, 4, 4
IS_SHORT = CASES == 0
IS_HUNT = bool(os.environ.get("FUZZ_HUNT"))  # that something is found is enough
holes.dig_those_wanted()


def effort(examples: int, **more: Any) -> settings:
    """Return the settings of Hypothesis for so many examples."""
    return settings(
        max_examples=examples,
        deadline=None,  # tests judge times themselves
        database=None,
        derandomize=IS_SHORT,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.target, *([] if IS_HUNT else [Phase.shrink])],
        **more,
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if IS_HUNT and terminalreporter.stats.get("failed"):
        terminalreporter.write_line(counted.tell())
    for report in terminalreporter.getreports(""):
        told = [text for name, text in getattr(report, "user_properties", ()) if name == "fuzz"]
        if told and getattr(report, "when", "") == "teardown":
            terminalreporter.write_line(f"{report.nodeid}: {told[0]}")
