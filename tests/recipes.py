"""The recipes of `docs/recipes/`, read from their pages, and followed in a copy or in thought."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.copies import Copy
from tests.test_tree import ROOT

DOCS = ROOT / "docs" / "recipes"
LISTED = re.compile(r"^- \[([^]]+)\]\((\w[\w-]*\.md)\)$", re.MULTILINE)
BLOCK = re.compile(
    r"^(?:(?:New:|In) `(?P<file>[^`]+)`"
    r"(?:, (?:below `(?P<anchor>[^`]+)`|(?P<end>at the end))[^`\n]*)?:\n\n)?"
    r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block of a recipe: a new file, lines for an old one, or commands."""

    language: str
    text: str
    file: str = ""
    anchor: str = ""
    end: bool = False

    def written(self, before: str | None) -> str:
        """What its file says afterwards; before, None if it is not there."""
        if not self.end and not self.anchor:
            assert before is None, f"{self.file} is not new"
            return self.text
        assert before is not None, f"{self.file} is not there"
        if self.end:
            return before + self.text
        lines = before.splitlines(keepends=True)
        here = [n for n, line in enumerate(lines, 1) if line.strip().startswith(self.anchor)]
        assert len(here) == 1, f"{self.file}: {len(here)} lines begin with {self.anchor}"
        lines.insert(here[0], self.text)
        return "".join(lines)

    def apply(self, copy: Copy) -> None:
        """Do what the block says."""
        if self.language == "sh":
            copy.run("sh", "-ec", self.text)
            return
        path = copy.folder / self.file
        text = self.written(path.read_text() if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Recipe(NamedTuple):
    name: str
    blocks: list[Block]

    def follow(self, copy: Copy) -> dict[str, tuple[int, int]]:
        """Do all of it; return how many lines were added and removed in which files."""
        for block in self.blocks:
            block.apply(copy)
        copy.run("git", "add", "--all")
        changed = copy.run("git", "diff", "--cached", "--numstat").splitlines()
        copy.commit()
        return {
            file: (int(added), int(removed))
            for added, removed, file in (line.split("\t") for line in changed)
        }


def recipe(text: str) -> Recipe:
    """Read a recipe, which begins with its name."""
    name, _, body = text.partition("\n")
    assert body.count("```") == 2 * len(list(BLOCK.finditer(body))), f"{name}: a block is lost"
    found = [
        Block(m["language"], m["text"], m["file"] or "", m["anchor"] or "", bool(m["end"]))
        for m in BLOCK.finditer(body)
    ]
    return Recipe(name, found)


def recipes() -> dict[str, Recipe]:
    """All recipes, in the sequence of the list."""
    pages = LISTED.findall((DOCS / "README.md").read_text())
    found = [recipe((DOCS / file).read_text().removeprefix("# ")) for _, file in pages]
    assert [each.name for each in found] == [name for name, _ in pages]
    return {each.name: each for each in found}


def sections(page: Path) -> list[Recipe]:
    """The recipes of a version in which all stood on one page."""
    return [recipe(text) for text in re.split(r"^## ", page.read_text(), flags=re.MULTILINE)[1:]]
