"""The themes: which style sheets each of them takes, in their sequence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from tools.check_parts import scripts

FOLDER, SHEET = "static/src/themes/", "site.css"
SHARED = "static/src/css/"
TOKENS = "tokens.css"
DEFAULT = f"{FOLDER}default/{SHEET}"
IMPORT = re.compile(r'@import "([^"]+)"')
PARTS = "parts"  # every file of that folder


def sheets() -> dict[str, list[str]]:
    """Return the files of each theme by its name; what is no file of ours is left out."""
    sources = scripts.sources(".css")
    entries = [file for file in sources if file.startswith(FOLDER) and file.endswith(f"/{SHEET}")]
    return {of(each): list(dict.fromkeys(_taken(each, sources, ()))) for each in entries}


def of(file: str) -> str:
    """Return the theme whose own a file is; empty if it is for all."""
    return file.removeprefix(FOLDER).partition("/")[0] if file.startswith(FOLDER) else ""


def takes_bootstrap(theme: str) -> bool:
    """Tell whether a theme has Bootstrap, of its own or from a theme that it begins with."""
    sources = scripts.sources(".css")
    texts = (scripts.COMMENT.sub("", sources[file]) for file in sheets()[theme])
    return any(name.startswith("bootstrap/") for text in texts for name in IMPORT.findall(text))


def is_tokens(file: str) -> bool:
    """Tell whether a file is one for colours."""
    return file in {f"{SHARED}{TOKENS}", f"{FOLDER}{of(file)}/{TOKENS}"}


def _taken(file: str, sources: dict[str, str], inside: tuple[str, ...]) -> Iterator[str]:
    if file in inside:
        return
    for name in IMPORT.findall(scripts.COMMENT.sub("", sources[file])):
        if name == PARTS:
            folder = f"{dirname(file)}/{PARTS}/"
            yield from (each for each in sources if each.startswith(folder))
        elif (found := normpath(join(dirname(file), name))) in sources and name.startswith("."):
            yield from _taken(found, sources, (*inside, file))
    yield file
