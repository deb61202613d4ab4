"""`make check` runs the tests of what changed."""

from __future__ import annotations

import pytest

from tools.changed import OF_EVERY_TEMPLATE, to_run

TESTS = [
    *("tests/test_mail.py", "tests/accounts/test_nickname.py", "tests/views/test_nickname.py"),
    *("tests/test_changed.py", "tests/fuzz/test_life.py", *OF_EVERY_TEMPLATE),
]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ("minimaluser/mail.py", ["tests/test_mail.py"]),
        ("minimaluser/accounts/nickname.py", TESTS[1:3]),
        ("templates/partials/nickname.html", [*TESTS[1:3], *OF_EVERY_TEMPLATE]),
        ("tests/views/test_nickname.py", ["tests/views/test_nickname.py"]),
        ("tools/changed.py", ["tests/test_changed.py"]),
        ("tests/fuzz/test_life.py", []),
        ("README.md", []),
    ],
)
def test_the_tests_of_changed_files_are_run(changed: str, wanted: list[str]) -> None:
    assert to_run([changed], TESTS) == sorted(wanted)
