"""Names the tests of what changed, for `make check`: what git has not yet, else the last commit.

A test file is its own test. `minimaluser/views/nickname.py` is tested by every
`test_nickname.py` in `tests/`, and so is `templates/partials/nickname.html`; a template wants the
contracts of templates besides. Suites that take minutes (browsers, attacks, faults, fuzzing) are
left out.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONG = ("tests/abuse/", "tests/faults/", "tests/fuzz/")
OF_EVERY_TEMPLATE = ("tests/test_contracts.py", "tests/test_templates.py")


def to_run(changed: list[str], tests: list[str]) -> list[str]:
    """Return the test files, of all there are, that tell most of some changed files."""
    stems = {Path(name).stem.replace("-", "_") for name in changed if _is_tested(name)}
    wanted = {f"test_{stem}.py" for stem in stems}
    found = {test for test in tests if test in changed or Path(test).name in wanted}
    if any(name.startswith("templates/") for name in changed):
        found |= {*OF_EVERY_TEMPLATE}
    return sorted(test for test in found if not test.startswith(LONG))


def _is_tested(name: str) -> bool:
    return name.startswith(("minimaluser/", "templates/", "tools/"))


def changed_files() -> list[str]:
    """Return what differs from the last commit, or what that commit changed."""
    new = _git("ls-files", "--others", "--exclude-standard")
    return _git("diff", "--name-only", "HEAD") + new or _git("diff", "--name-only", "HEAD~1")


def _git(*words: str) -> list[str]:
    command = ["git", "-c", "safe.directory=*", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return done.stdout.splitlines()


if __name__ == "__main__":
    there = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    sys.stdout.write(" ".join(to_run(changed_files(), there)))
