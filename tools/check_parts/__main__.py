"""Prints what is wrong with the templates: `python -m tools.check_parts`, `make check-parts`."""

from __future__ import annotations

import sys
import time

from tools.check_parts.causes import changed_lines
from tools.check_parts.look import look
from tools.check_parts.states import site


def main() -> int:
    """Look at everything; 1 if something is wrong."""
    began = time.monotonic()
    with site() as made:
        found, states = look(made, changed_lines())
    for each in found:
        print(each)
    took = time.monotonic() - began
    print(f"{len(found)} findings in {states} states ({took:.1f} s)", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
