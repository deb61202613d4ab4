"""Themes: how a site looks. Each is a folder with a style sheet `site.css`, named by the folder.

The folders lie side by side, in a folder beside `css/` with what all of them share.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

SHEET, TOKENS = "site.css", "tokens.css"
PAPER = re.compile(r"--paper: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


class Theme(NamedTuple):
    """A theme, and the colours of its pages by day and by night, `#rrggbb`."""

    name: str
    day: str
    night: str


def names(folder: Path) -> tuple[str, ...]:
    """Return the names of all themes in a folder."""
    return tuple(sorted(sheet.parent.name for sheet in folder.glob(f"*/{SHEET}")))


def find(folder: Path, name: str) -> Theme:
    """Return a theme; a colour that it does not set itself is that of all.

    Raises:
        LookupError: nobody sets the colour of pages.
    """
    for file in (folder / name / TOKENS, folder.parent / "css" / TOKENS):
        if file.is_file() and (paper := PAPER.search(file.read_text(encoding="utf-8"))):
            return Theme(name, *paper.groups())
    raise LookupError(f"no {TOKENS} of the theme {name} sets --paper")
