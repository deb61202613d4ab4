"""Each model finds the holes it is for: `make fuzz-holes` digs one after the other.

The model must say itself, in its own words, what it has found; a site that only breaks is no find.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import counted
from tests.fuzz.holes import FOR_UNIT_TESTS, HOLES, MODELS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = os.environ.get("HUNT_EXAMPLES") or "200"
LONGEST_HUNT_SECONDS = 3600
SAID = re.compile(r"^E +AssertionError: (.*(?:\n.+){0,6})", re.MULTILINE)
FOUND = re.compile(rf"^{counted.WORDS} (\d+)$", re.MULTILINE)
DIG_ALL = "from tests.fuzz.holes import HOLES\nfor hole in HOLES.values(): hole.dig()"


def started(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name[:5] != "FUZZ_"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**environ, "PYTHONPATH": str(ROOT), **more},
        capture_output=True,
        text=True,
        timeout=LONGEST_HUNT_SECONDS,
    )


def test_what_the_holes_take_away_is_still_there() -> None:
    assert started("-c", DIG_ALL).stderr == ""


def test_every_model_has_holes() -> None:
    assert {model for hole in HOLES.values() for model in hole.found_by} == {*MODELS}


def test_what_no_model_sees_has_a_unit_test() -> None:
    for test in FOR_UNIT_TESTS.values():
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(), test


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hole", "model"), [(hole.name, model) for hole in HOLES.values() for model in hole.found_by]
)
def test_a_model_finds_a_hole(
    hole: str, model: str, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    hunt = started(
        *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=short", "--show-capture=no"),
        MODELS[model],
        HOLES=hole,
        FUZZ_HUNT="1",
        FUZZ_LIVES=EXAMPLES,
        FUZZ_WORLDS=str(2 * int(EXAMPLES)),  # half of them with private sign-up, half without
    )
    assert hunt.returncode == pytest.ExitCode.TESTS_FAILED, hunt.stdout[-3000:] + hunt.stderr
    said = SAID.search(hunt.stdout)
    assert said, hunt.stdout[-3000:]
    assert re.search(HOLES[hole].found_by[model], said[1]), said[1]
    found = FOUND.search(hunt.stdout)
    assert found, hunt.stdout[-3000:]
    seconds = time.monotonic() - began
    record_property("fuzz", f"{said[1][:70]!r} in example {found[1]}, {seconds:.0f} seconds")
