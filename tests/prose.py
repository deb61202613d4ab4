"""What stands in the documents: words, links, names of files and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from minimaluser.settings import ROOT
from tests.test_tree import committed, name_of
from tools.settings import BLOCK

FENCE = re.compile(r"^ *```.*?^ *```[^\n]*$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
WORD = re.compile(r"[^\s|*_()\[\]]*\w[^\s|*_()\[\]]*")
NO_SENTENCE = ("|", "#", "![")  # begins a row of a table, a heading, a picture


def pages() -> list[str]:
    """Return the names of the documents."""
    found = [name_of(path) for path in committed("*.md")]
    return [name for name in found if name.startswith("docs/") or "/" not in name]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def running(text: str) -> str:
    """Return the sentences: no code, table, heading, picture, and nothing that is generated."""
    rest = LINK.sub("]", COMMENT.sub("", FENCE.sub("", BLOCK.sub("", text))))
    lines = (line.strip() for line in rest.splitlines())
    return "\n".join(line for line in lines if not line.startswith(NO_SENTENCE))


def words(text: str) -> int:
    """Count the words of the running text.

    >>> words("# Title\\n\\nTwo [words](there.md).\\n| no | words |")
    2
    """
    return len(WORD.findall(running(text)))


def links(name: str) -> list[Path]:
    """Return where the relative links of a document lead."""
    return [path for path, _ in led(text_of(name), ROOT / name)]


def anchors(name: str) -> list[tuple[Path, str]]:
    """Return the links of a document to headings: file, and heading as addresses have it."""
    return [(path, heading) for path, heading in led(text_of(name), ROOT / name) if heading]


def led(text: str, page: Path) -> Iterator[tuple[Path, str]]:
    """Yield where relative links of a text lead that stands on a page: file and heading."""
    for found in LINK.findall(FENCE.sub("", text)):
        if not re.match("[a-z]+:", found):
            place, _, heading = found.partition("#")
            yield (page.parent / (place or page.name)).resolve(), heading


def headings(text: str) -> set[str]:
    """Return the headings as addresses have them."""
    found = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()).strip() for heading in found)
    return {re.sub(r"\s", "-", heading) for heading in plain}


def spans(text: str) -> list[str]:
    """Return what stands between backticks, and the lines of code blocks for a shell."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return SPAN.findall(FENCE.sub("", text)) + [
        line for each in blocks for line in each.split("\n")
    ]
