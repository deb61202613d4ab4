"""Updates docs/settings.md, deploy/.env.example and .env.example: `python -m tools.settings`.

The text between a line with `begin` and one with `end` is generated from the tables of settings;
the rest of these files is written by hand. `.env.example` is for development, which needs no
setting, so none has a value there.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from minimaluser.lib.environment import Setting, table
from minimaluser.mailer.settings import Settings as MailerSettings
from minimaluser.server import Settings as ServerSettings
from minimaluser.settings import ROOT
from minimaluser.settings import Settings as SiteSettings

DOCS, EXAMPLE = ROOT / "docs" / "settings.md", ROOT / "deploy" / ".env.example"
DEVELOPMENT = ROOT / ".env.example"
FILES = (DOCS, EXAMPLE, DEVELOPMENT)
SITE, MAILER = list(table(SiteSettings)), list(table(MailerSettings))
SERVER = list(table(ServerSettings))
SHARED = {each.name for each in SITE}
BLOCK = re.compile(
    r"^(?P<head>\W*begin (?P<name>\w+)\W*)$[^\0]*?^(?P<foot>\W*end\W*?)$", re.MULTILINE
)


def written(file: Path) -> str:
    """Return the new content of a file."""
    make: Callable[[Iterable[Setting]], str] = _rows if file == DOCS else _lines
    settings = {"site": SITE, "mailer": MAILER, "server": SERVER}
    if file != DOCS:
        settings |= {"mailer": _own(MAILER), "server": _own(SERVER)}
    if file == DEVELOPMENT:
        settings = {name: [*map(_unset, those)] for name, those in settings.items()}
    return filled(file, {name: make(those) for name, those in settings.items()})


def filled(file: Path, said: Mapping[str, str]) -> str:
    """Return a file with something else between its lines with `begin <name>` and `end`."""

    def block(found: re.Match[str]) -> str:
        return f"{found['head']}\n{said[found['name']]}\n{found['foot']}"

    return BLOCK.sub(block, file.read_text(encoding="utf-8"))


def _own(settings: Iterable[Setting]) -> list[Setting]:
    return [each for each in settings if each.name not in SHARED]


def _unset(setting: Setting) -> Setting:
    return replace(setting, example="")


def _rows(settings: Iterable[Setting]) -> str:
    rows = [f"| `{each.name}` | {each.usual} | {each.sentence} |" for each in settings]
    return "\n".join(["| setting | default | what |", "|---|---|---|", *rows])


def _lines(settings: Iterable[Setting]) -> str:
    return "\n".join(line for each in settings for line in _described(each))


def _described(each: Setting) -> list[str]:
    usual = each.usual.removeprefix("none: ")
    said = each.sentence if usual == "none" else f"{each.sentence} Empty: {usual}."
    lines = textwrap.wrap(said, 98, break_long_words=False, break_on_hyphens=False)
    return [*(f"# {line}" for line in lines), f"{each.name}={each.example}"]


if __name__ == "__main__":
    for path in FILES:
        path.write_text(written(path), encoding="utf-8")
