"""The pictures on the disk: those that count, those of the last run, and how they differ."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from PIL import Image

from tools.looks.compare import difference

PAGE = Path(__file__).with_name("differences.html")
CHANGED, NEW, GONE = "changed", "new", "gone"
ALL = "1"
ENDING = ".png"


@dataclass(frozen=True)
class Change:
    """A picture that is not as it was; its name is a state, `@`, a width and a scheme."""

    name: str
    kind: str

    @property
    def state(self) -> str:
        """The state that it shows."""
        return self.name.rpartition("@")[0]


class Collection:
    """A folder of pictures.

    Attributes:
        measure: those that count; now: those of the last run; marks: where they differ.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.measure, self.now = folder / "measure", folder / "now"
        self.marks = folder / "marks"

    def is_first(self) -> bool:
        """Tell whether there is nothing yet to compare with."""
        return not names(self.measure)

    def changes(self, only: str = "") -> list[Change]:
        """Compare the last run with what counts, and draw where they differ.

        Args:
            only: look at states with this in their names.
        """
        shutil.rmtree(self.marks, ignore_errors=True)
        self.marks.mkdir(parents=True)
        before, now = names(self.measure, only), names(self.now, only)
        changed = [name for name in before & now if self._differs(name)]
        kinds = {CHANGED: changed, NEW: now - before, GONE: before - now}
        found = [Change(name, kind) for kind, those in kinds.items() for name in those]
        return sorted(found, key=lambda change: change.name)

    def accept(self, state: str) -> int:
        """Let the last run count, of one state or of all; return how many pictures that were."""
        taken = [each for each in self.changes() if state in {ALL, each.state}]
        self.measure.mkdir(parents=True, exist_ok=True)
        for each in taken:
            if each.kind == GONE:
                _file(self.measure, each.name).unlink()
            else:
                shutil.copyfile(_file(self.now, each.name), _file(self.measure, each.name))
        return len(taken)

    def _differs(self, name: str) -> bool:
        one, other = _file(self.measure, name), _file(self.now, name)
        if one.read_bytes() == other.read_bytes():
            return False
        with Image.open(one) as before, Image.open(other) as after:
            found = difference(before, after)
        if found is not None:
            found.save(_file(self.marks, name), compress_level=1)
        return found is not None


def page(collection: Collection, changes: list[Change]) -> Path:
    """Write the page that shows changes; return its file."""
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        PAGE.read_text(encoding="utf-8")
    )
    states: dict[str, list[Change]] = {}
    for each in changes:
        states.setdefault(each.state, []).append(each)
    file = collection.folder / "index.html"
    file.write_text(template.render(states=states, count=len(changes)), encoding="utf-8")
    return file


def names(folder: Path, only: str = "") -> set[str]:
    """Return the names of the pictures in a folder, of states with this in theirs."""
    found = (path.stem for path in folder.glob(f"*{ENDING}"))
    return {name for name in found if only in name.rpartition("@")[0]}


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}{ENDING}"
