"""Where this site keeps its files, and under which names."""

from __future__ import annotations

from typing import cast

from flask import current_app

from minimaluser.lib.storage import Storage


def storage() -> Storage:
    """Return where this site keeps its files."""
    return cast(Storage, current_app.extensions["storage"])


def tile_path(name: str) -> str:
    """Return the path of a tile in the storage."""
    return f"tiles/{name}.svg"
