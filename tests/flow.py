"""The life of an account as `docs/flow.toml` has it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from minimaluser.settings import ROOT

FILE, PAGE = ROOT / "docs" / "flow.toml", ROOT / "docs" / "account-life.md"
STRANGER, DELETED = "stranger", "deleted"


@dataclass(frozen=True)
class Action:
    """Something that a visitor does.

    Attributes:
        name: in words.
        view: the endpoint that the form is sent to.
        starts: the states in which it can be done.
        to: the state afterwards; for each state if they differ, and none where it stays the same.
        mails: the names of the mails that it may send.
        errors: the sentences with which it may be refused, as `module.NAME` below `accounts`.
        model: the rules of the model of `make fuzz` that do it.
    """

    name: str
    view: str
    starts: list[str]
    to: str | dict[str, str] = ""
    mails: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    model: list[str] = field(default_factory=list)

    def after(self, state: str) -> str:
        """Return the state after doing it in a state."""
        to = self.to.get(state) if isinstance(self.to, dict) else self.to
        return to or state

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Each state that it changes, and the one afterwards."""
        return [(start, self.after(start)) for start in self.starts if self.after(start) != start]

    @property
    def outcome(self) -> str:
        """The state afterwards in words, or pairs of the states before and after."""
        ends = {self.after(start) for start in self.starts}
        if self.changes and len(ends) == 1:
            return ends.pop()
        return ", ".join(f"{start} → {end}" for start, end in self.changes)


@dataclass(frozen=True)
class Flow:
    states: dict[str, str]
    elsewhere: dict[str, str]
    actions: list[Action]


@cache
def flow() -> Flow:
    """Read the file."""
    said: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    actions = [Action(starts=each.pop("from"), **each) for each in said["action"]]
    return Flow(said["states"], said["elsewhere"], actions)


def page() -> str:
    """Return `docs/account-life.md`: a drawing of what leads where, and a table of all actions."""
    lines = [
        "# The life of an account",
        "",
        "`python -m tests.flow` writes this page from [flow.toml](flow.toml). An arrow is an "
        "action that changes the state of an account. Where the table has an empty cell in the "
        "column “afterwards”, the state stays the same. The last column has the names of the "
        "mails that the action may send.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {STRANGER}",
    ]
    for action in flow().actions:
        lines += [f"    {start} --> {end}: {action.name}" for start, end in action.changes]
    lines += [f"    {DELETED} --> [*]: time is up", "```", "", "| state | |", "|---|---|"]
    lines += [f"| {name} | {said} |" for name, said in flow().states.items()]
    lines += ["", "| action | in the state | afterwards | mails |", "|---|---|---|---|"]
    lines += [
        f"| {action.name} | {', '.join(action.starts)} | {action.outcome} "
        f"| {', '.join(action.mails)} |"
        for action in flow().actions
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
