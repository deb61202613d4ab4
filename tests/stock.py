"""What the parts of the product have in stock for tests: `python -m tests.stock FOLDER`.

A part's `tests/<part>/stock.py` has a `fill(folder)`, which puts in what its tests start from; the
folder is for what it makes on the way. It may have `WORDS`, a pattern of what nothing else of the
project says; tests look for it where the part was taken out. As a program it migrates and fills the
site of the environment at once, because each start of `flask` takes seconds.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from flask_migrate import upgrade

from minimaluser import create_app
from minimaluser.parts import names as names


def brought(name: str) -> list[ModuleType]:
    """Import `tests/<part>/<name>.py` of every part that has it."""
    modules = [f"tests.{part}.{name}" for part in names() if find_spec(f"tests.{part}")]
    return [import_module(module) for module in modules if find_spec(module)]


def fill(folder: Path) -> None:
    """Put in what tests of the parts start from; inside the context of an app."""
    folder.mkdir(parents=True, exist_ok=True)
    for module in brought("stock"):
        module.fill(folder)


if __name__ == "__main__":
    with create_app().app_context():
        upgrade(revision="heads")
        fill(Path(sys.argv[1]))
