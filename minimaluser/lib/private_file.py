"""Files that only their owner may read, from their first moment on."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def make(path: Path, content: str = "") -> None:
    """Make a file, unless there is one, which then stays as it is, with whoever may read it.

    It is there whole or not at all. It is not opened under its own name: who closes a file of
    SQLite gives up all locks that the process has on it.

    Raises:
        OSError: it cannot be made.
    """
    if path.exists():
        return
    descriptor, whole = tempfile.mkstemp(dir=path.parent)  # for the owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        Path(whole).unlink()


def of_sqlite(path: str) -> None:
    """Make the file of a database, if SQLite may: it gives what it puts beside it the same mode.

    When that cannot be, SQLite says why.
    """
    if path and path != ":memory:":
        with suppress(OSError):
            make(Path(path))
