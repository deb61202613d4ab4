"""The pictures that show the starter itself: there are few bytes of them, and each is shown."""

from __future__ import annotations

import re

from minimaluser.settings import ROOT
from tests.test_tree import committed, name_of

MOST_BYTES = 1_000_000
HOUSE = "docs/screens/"
PICTURES = (".webp", ".png", ".gif", ".avif", ".jpg", ".svg", ".mp4", ".webm")


def test_the_pictures_of_the_house_are_light() -> None:
    found = [path for path in committed() if name_of(path).startswith(HOUSE)]
    sizes = {name_of(path): path.stat().st_size for path in found if path.suffix in PICTURES}
    assert sizes
    assert sum(sizes.values()) < MOST_BYTES, sorted(sizes, key=lambda name: -sizes[name])[:5]


def test_each_picture_of_the_house_is_shown_somewhere() -> None:
    pages = [path for path in committed("*.md") if path.parent == ROOT or "docs" in path.parts]
    shown = set()
    for page in pages:
        for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", page.read_text("utf-8")):
            name = next(filter(None, link))
            if "://" not in name:
                shown.add((page.parent / name.partition("#")[0]).resolve())
    ours = [path for path in committed() if name_of(path).startswith(HOUSE)]
    pictures = [path for path in ours if path.suffix in PICTURES]
    assert [name_of(path) for path in pictures if path.resolve() not in shown] == []
