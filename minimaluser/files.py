"""Where this site keeps its files, and under which names."""

from __future__ import annotations

from minimaluser.lib.storage import Storage
from minimaluser.services import services


def storage() -> Storage:
    """Return where this site keeps its files."""
    return services().storage


def tile_path(name: str) -> str:
    """Return the path of a tile in the storage."""
    return f"tiles/{name}.svg"
