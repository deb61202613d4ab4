"""Writes what docs/privacy.md says about the database anew: `python -m tools.privacy`.

It is what the tables and columns say of themselves (`minimaluser/models/base.py`), with the
numbers of the rules, and what the walk over the tables makes of it. The rest of the file is written
by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from string import Formatter
from typing import Any

from sqlalchemy import Column, Table

from minimaluser import parts
from minimaluser.lib.text import span
from minimaluser.personal import showing, whose
from minimaluser.rules import rules
from minimaluser.settings import ROOT
from tools.settings import filled

MAP = ROOT / "docs" / "privacy.md"
UNSAID = "**not said**"


class Words(Formatter):
    """Puts the rules that a text names in braces into it."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        """Return a lifetime in words."""
        return (
            span(value)
            if isinstance(value, timedelta)
            else super().format_field(value, format_spec)
        )


def written() -> str:
    """Return what docs/privacy.md shall say."""
    parts.load()
    told = "\n".join(line for table in about_people() for line in _section(table)).strip()
    numbers = {each.name: getattr(rules, each.name) for each in fields(rules)}
    return filled(MAP, {"tables": Words().vformat(told, (), numbers)})


def about_people() -> list[Table]:
    """Return the tables with something about people, that of the people first."""
    people, order = whose.people(), whose.in_order()[0]
    theirs = [table for table in order if showing.about(0, table) is not None]
    others = [table for table in order if "why" in table.info and table is not people]
    return [people, *theirs, *others]


def columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table but for the number of a row, and whose it is."""
    told = set() if table is whose.people() else {table.autoincrement_column, *whose.owners(table)}
    return [column for column in table.columns if column not in told]


def _section(table: Table) -> Iterator[str]:
    is_people, in_export = table is whose.people(), showing.about(0, table) is not None
    head = ["Column", "What it is, and what for"]
    head += ["When the account is closed"] if is_people else []
    head += ["In the export"] if is_people or in_export else []
    yield from (f"### `{table.name}`", "", " ".join(_sentences(table)), "")
    yield from (_row(*head), "|---" * len(head) + "|")
    for column in columns(table):
        said = column.info
        lasts = f"; kept {said['lasts']}" if "lasts" in said else ""
        hidden = f"named only: {said['secret']}" if "secret" in said else "shown"
        cells = [f"`{column.name}`", (said.get("why") or UNSAID) + lasts]
        cells += [_fate(said)] if is_people else []
        yield _row(*cells, hidden) if is_people or in_export else _row(*cells)
    yield ""


def _sentences(table: Table) -> Iterator[str]:
    """Say what the rows of a table are, how long they are kept, and how they go."""
    owners = whose.owners(table)
    said = [table.info] if "why" in table.info else [column.info for column in owners]
    yield from [each["why"] for each in said if each.get("why")] or [UNSAID]
    yield from (f"A row is kept {each['lasts']}." for each in said if "lasts" in each)
    for column in owners:
        whose_is = "the account" if len(owners) == 1 else f"the account in `{column.name}`"
        yield f"When {whose_is} is closed, its rows {_fate_of_rows(column.info)}."
    referred = sorted({f"`{key.referred_table.name}`" for key in whose.inward(table)})
    if not owners and referred:
        yield f"A row goes, and comes back, with the row of {' or '.join(referred)} it refers to."
    elif not owners and table is not whose.people():
        yield "No row says whose it is, so none is in the export."


def _fate(said: dict[Any, Any]) -> str:
    if "kept" in said:
        return f"stays: {said['kept']}"
    return f"erased: {said['ends']}" if "ends" in said else "erased; undoing that brings it back"


def _fate_of_rows(said: dict[Any, Any]) -> str:
    if "kept" in said:
        return f"stay and refer to nobody any more: {said['kept']}"
    if "ends" in said:
        return f"are deleted and do not come back: {said['ends']}"
    return "are deleted; undoing that brings them back"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    MAP.write_text(written(), encoding="utf-8")
