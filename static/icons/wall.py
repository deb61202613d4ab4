"""Draws tiles.svg, the wall of tiles beside the forms: `python static/icons/wall.py`.

Run it again after a change of the designs; a place in WALL is a place on the wall.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from minimaluser.lib import tiles  # noqa: E402

COLUMNS, EDGE = 4, 96
OVERLAPPING = 'width="96.5" height="96.5" preserveAspectRatio="none"'  # or the seams shine through
SIZE = ' width="96" height="96"'
COLOURS = ("#0f766e", "#f2b544", "#ee6c4d", "#285cc2", "#7c419d")
WALL = (
    "bauhaus", "sunrise", "weave", "bloom",
    "orbit", "leaves", "peaks", "quilt",
    "tide", "mosaic", "rays", "arcs",
    "sails", "truchet", "cairn", "tangram",
    "ripples", "constellation", "sprig", "terrazzo",
)  # fmt: skip


def wall() -> str:
    """Return the SVG of the whole wall."""
    pieces = []
    for number, design in enumerate(WALL):
        row, column = divmod(number, COLUMNS)
        tile = tiles.draw(
            f"{design} on the wall", COLOURS[(column + 2 * row) % len(COLOURS)], design
        )
        place_and_size = f'<svg x="{column * EDGE}" y="{row * EDGE}" {OVERLAPPING} viewBox='
        pieces.append(
            re.sub(r"<svg xmlns=.*? viewBox=", place_and_size, tile, count=1).replace(SIZE, "", 1)
        )
    width, height = COLUMNS * EDGE, len(WALL) // COLUMNS * EDGE
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{"".join(pieces)}</svg>\n'


if __name__ == "__main__":
    (HERE / "tiles.svg").write_text(wall(), encoding="utf-8")
