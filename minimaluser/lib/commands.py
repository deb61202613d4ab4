"""Commands for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click


def together(name: str, commands: Sequence[click.Command], words: str) -> click.Command:
    """Make a command that runs others, one after the other, and takes the options of all of them.

    Args:
        name: of the command.
        commands: those that it runs.
        words: what its help says.
    """

    def run(**given: Any) -> None:
        for command in commands:
            wanted = [option.name for option in command.params if option.name]
            click.get_current_context().invoke(command, **{name: given[name] for name in wanted})

    options = [option for command in commands for option in command.params]
    return click.Command(name, callback=run, params=options, help=words)
