"""Secrets that a program makes for itself, once, and keeps in a file for the owner alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from pathlib import Path

from minimaluser.lib import private_file
from minimaluser.lib.environment import Wrong


def made_once(path: Path, names: Collection[str]) -> dict[str, str]:
    """Return a secret for each name: those of the file, or new ones, which the file then has.

    Raises:
        Wrong: the file cannot be written, or does not hold them.
    """
    try:
        if not path.exists():
            made = {name: secrets.token_urlsafe(48) for name in names}
            private_file.make(path, json.dumps(made))
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(found[name]) for name in names}
    except OSError as problem:
        raise Wrong(
            f"must be a folder that can be written to: {path} ({problem.strerror})"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"holds secrets that cannot be read; remove {path}") from None
