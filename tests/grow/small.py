"""A very small starter with the real tools, whose versions a test makes."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.copies import SOMEBODY, Copy
from tests.test_tree import ROOT

PYPROJECT = """[project]
name = "seed"
version = "{version}"
description = "A starter."

[tool.ruff.lint]
select = ["I"]

[tool.starter]
name = "seed"
title = "The Seed"
short = "sd"
"""
FILES = {
    "README.md": "# The Seed\n\nWith a pond.\n",
    "LICENSE": "Copyright (c) 2001 The Seed authors\n",
    ".gitignore": "__pycache__/\n.venv\n",
    "Makefile": "all:\n# for the starter only\nnew:\n# for every project\nend:\n",
    "seed/__init__.py": '"""The Seed."""\n\nCOOKIE = "sd_session"\n',
    "seed/parts.py": 'PARTS = [\n    "seed.views",\n    "seed.pond",\n]\n',
    "seed/views.py": "from seed import COOKIE\n\nONE = 1\n\n\n\nTWO = 2\n",
    "seed/pond/__init__.py": "DEPTH = 1\n",
    "templates/pond/index.html": "<p>The pond of The Seed</p>\n",
    "migrations/versions/0001_core.py": "revision = '0001'\n",
    "migrations/versions/pond_0001.py": "revision = 'pond_0001'\n",
    "deploy/seed-web.service": "Description=The Seed: web\n",
    "docs/start.md": "How to begin.\n",
    "tools/privacy.py": "",
}


class Small(Copy):
    """The starter, or a project that has grown from it."""

    def write(self, files: dict[str, str]) -> None:
        """Write files of these names and texts."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def release(self, version: str, notes: str) -> str:
        """Commit as the next version; the changelog says where the one before has ended."""
        path = self.folder / "CHANGELOG.md"
        before = path.read_text() if path.exists() else "# Changelog\n"
        if path.exists():
            end = self.run("git", "rev-parse", "--short=12", "HEAD").strip()
            before = before.replace("\n\n-", f" (ends at {end})\n\n-", 1)
        head, _, rest = before.partition("\n")
        path.write_text(f"{head}\n\n## {version}\n\n- {notes}\n{rest}")
        self.write({"pyproject.toml": PYPROJECT.format(version=version)})
        self.commit()
        return self.run("git", "rev-parse", "HEAD").strip()

    def text(self, name: str) -> str:
        return (self.folder / name).read_text()

    def tree(self) -> str:
        """Commit what is there, and return what names all of its files."""
        self.run("git", "add", "--all")
        self.run("git", *SOMEBODY, "commit", "-q", "--allow-empty", "-m", "as it is")
        return self.run("git", "rev-parse", "HEAD^{tree}")

    def names(self) -> set[str]:
        """The files, without the tools."""
        found = self.run("git", "ls-files").splitlines()
        return {name for name in found if not name.startswith("tools/")}

    def grow(self, *words: str) -> str:
        return self.run("python", "-m", "tools.grow", *words)

    def refused(self, *words: str) -> str:
        """Run a command that must end with exit code 2 and a sentence; return that."""
        script = 'python -m tools.grow "$@" 2>&1; test $? = 2'
        said = self.run("sh", "-c", script, "sh", *words)
        assert said.count("\n") == 1, said
        return said


def small(folder: Path) -> Small:
    """Make one in its first version."""
    made = Small(folder)
    made.write(FILES)
    for name in ("__init__.py", "grow"):
        source, there = ROOT / "tools" / name, folder / "tools" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, there)
    icons = folder / "static" / "icons"
    icons.mkdir(parents=True)
    for name in ("icon.svg", "share.png"):
        shutil.copy(ROOT / "static" / "icons" / name, icons / name)
    made.run("git", "init", "-q", "--initial-branch", "main")
    made.release("0.1.0", "The beginning.")
    return made
