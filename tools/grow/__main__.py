"""The commands of `make new`, `remove`, `add` and `update`; see `tools/grow/__init__.py`.

Every argument is a word like those of make: `NAME=plantly`. A name alone stands for the variable of
the environment, in which make puts what it was given, so that no shell reads it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tools.grow.project import ROOT, Project
from tools.grow.refusal import Refused

Said = dict[str, str]


def new(said: Said) -> str:
    """Make a project."""
    from tools.grow import new

    asked = (said.get(key, "") for key in ("NAME", "TITLE", "PARTS", "DIR", "AT", "ORIGIN"))
    return new.make(*asked)


def remove(said: Said) -> str:
    """Take a part out."""
    from tools.grow import exchange

    return exchange.remove(_project(said), said.get("PART", ""))


def add(said: Said) -> str:
    """Put a part in."""
    from tools.grow import exchange

    return exchange.add(_project(said), said.get("PART", ""), said.get("FROM", ""))


def update(said: Said) -> str:
    """Bring a newer version in."""
    from tools.grow import update

    return update.update(_project(said), said.get("TO", ""), said.get("FROM", ""))


def merge(said: Said) -> str:
    """Do what `add` or `update` of a project, perhaps of an older version, asks the starter for."""
    from tools.grow import exchange, update

    starter, project = Path(said["FROM"]), _project(said)
    if part := said.get("PART"):
        return exchange.merge(starter, project, part)
    return update.merge(starter, project, said["COMMIT"])


def icons(said: Said) -> str:
    """Draw the icons of the title anew."""
    from tools.grow import icons

    project = _project(said)
    icons.draw(project.folder, project.names.title)
    return f"The icons of {project.names.title} are in static/icons/."


COMMANDS: dict[str, Callable[[Said], str]] = {
    each.__name__: each for each in (new, remove, add, update, merge, icons)
}


def main(command: str = "", *words: str) -> int:
    """Run a command; return 2 with one sentence on standard error if it is refused."""
    pairs = (word.partition("=") for word in words)
    said = {key: value if sign else os.environ.get(key, "") for key, sign, value in pairs}
    try:
        if command not in COMMANDS:
            raise Refused(f"There is no command {command}; there are {', '.join(COMMANDS)}.")
        print(COMMANDS[command](said))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    return 0


def _project(said: Said) -> Project:
    return Project(Path(said.get("DIR") or ROOT).absolute())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
