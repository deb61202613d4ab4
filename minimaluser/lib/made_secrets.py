"""Secrets that a program makes for itself, once, and keeps in a file for the owner alone."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from minimaluser.lib.environment import Wrong


def made_once(path: Path, names: Collection[str]) -> dict[str, str]:
    """Return a secret for each name: those of the file, or new ones, which the file then has.

    Raises:
        Wrong: the file cannot be written, or does not hold them.
    """
    try:
        if not path.exists():
            _write(path, {name: secrets.token_urlsafe(48) for name in names})
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(found[name]) for name in names}
    except OSError as problem:
        raise Wrong(
            f"must be a folder that can be written to: {path} ({problem.strerror})"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"holds secrets that cannot be read; remove {path}") from None


def _write(path: Path, made: dict[str, str]) -> None:
    """Write a whole file, unless another process is faster: nobody reads a half of it."""
    descriptor, whole = tempfile.mkstemp(dir=path.parent)  # for the owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file)
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        Path(whole).unlink()
