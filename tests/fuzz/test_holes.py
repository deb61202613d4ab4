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
from tests.fuzz.holes import HOLES

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = os.environ.get("HUNT_EXAMPLES") or "200"
LONGEST_HUNT_SECONDS = 3600
SAID = re.compile(r"^E +AssertionError: (.*(?:\n.+){0,6})", re.MULTILINE)
FOUND = re.compile(rf"^{counted.WORDS} (\d+)$", re.MULTILINE)
DIG_ALL = "from tests.fuzz.holes import HOLES\nfor hole in HOLES.values(): hole.dig()"

MODELS = {
    "thief": "tests/fuzz/test_thief.py",
    "life": "tests/fuzz/test_life.py",
    "budgets": "tests/fuzz/test_budgets.py",
    "worlds": "tests/fuzz/test_worlds.py::test_EN1_EN4_EN5_in_two_worlds_a_stranger_sees_the_same",
    "siege": "tests/fuzz/test_worlds.py"
    "::test_EN3_a_hundred_wrong_keys_do_not_tell_that_an_owner_logs_in_between",
}
# What no model sees, and the unit test that does.
FOR_UNIT_TESTS = {
    # Whoever has the link moves the account, with or without a session: nothing differs later.
    "a link pressed where the session has ended meanwhile gives a new one": (
        "tests/accounts/test_acting.py"
        "::test_SE5_using_a_link_opens_no_session_where_one_has_ended_meanwhile"
    ),
    # Strangers cause as many rows in both worlds, so such numbers are equal, too.
    "the export shows numbers of the database": (
        "tests/accounts/test_channels.py"
        "::test_EN1_rows_of_the_export_are_numbered_without_those_of_others"
    ),
    # It is about what belongs to an account, not about who gets in.
    "what a new owner put in goes to the address of before": (
        "tests/accounts/test_email_undo.py"
        "::test_EM5_what_a_new_owner_has_added_does_not_go_to_the_earlier_address"
    ),
}


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


def test_everything_that_the_holes_replace_is_still_there() -> None:
    assert started("-c", DIG_ALL).stderr == ""


def test_every_model_has_holes() -> None:
    assert {model for hole in HOLES.values() for model in hole.found_by} == {*MODELS}


def test_a_fault_that_no_model_sees_has_a_unit_test() -> None:
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
