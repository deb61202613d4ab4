"""An album of four plain pictures, so that tests do not depend on which pictures a site shows."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

FIRST, SECOND, MEMBERS_ONLY, OFF_AIR = "A red square", "A green square", "A blue one", "A grey one"
PICTURES = [
    {"file": "red", "name": FIRST, "on_air": True, "on_home": True},
    {"file": "green", "name": SECOND, "on_air": True, "on_home": True},
    {"file": "blue", "name": MEMBERS_ONLY, "on_air": True, "on_home": False},
    {"file": "grey", "name": OFF_AIR, "on_air": False, "on_home": True},
]


def draw(folder: Path) -> Path:
    """Write the pictures and their `album.toml`; return the folder."""
    folder.mkdir()
    lines = []
    for picture in PICTURES:
        colour = str(picture["file"])
        Image.new("RGB", (320, 240), colour).save(folder / f"{colour}.webp")
        entry = {**picture, "caption": f"It is {colour}.", "alt": f"Nothing but {colour}"}
        lines += [
            "[[picture]]",
            *(f"{name} = {json.dumps(value)}" for name, value in entry.items()),
        ]
    (folder / "album.toml").write_text("\n".join(lines) + "\n")
    return folder
