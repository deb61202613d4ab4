"""What a project has of its own from its first day: these files are made once and never updated."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from tools.grow import icons
from tools.grow.names import Names
from tools.grow.project import Origin

README = Path(__file__).parent / "texts" / "README.md"
CHANGELOG = """# Changelog

## 0.1.0
- {title} begins, from version {version} of its starter.
"""
TEXTS = ("README.md", "CHANGELOG.md", "LICENSE")
FILES = (*TEXTS, *icons.FILES)


def write(folder: Path, names: Names, origin: Origin) -> None:
    """Write those of these files that the version of the starter in a folder has, too."""
    now = datetime.now(UTC)
    said = {**vars(names), "version": origin.version}
    for name in TEXTS:
        path = folder / name
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        if name == "README.md":
            text = Template(README.read_text(encoding="utf-8")).substitute(said)
        elif name == "CHANGELOG.md":
            text = CHANGELOG.format(**said)
        else:
            text = re.sub(r"\(c\) \d{4}", f"(c) {now.year}", text)
        path.write_text(text, encoding="utf-8", newline="")
    there = {name for name in icons.FILES if (folder / name).exists()}
    icons.draw(folder, names.title, there)
