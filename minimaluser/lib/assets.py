"""Built browser files by their plain names: `site.css` is served as `/static/site.1A2B3C4D.css`."""

from __future__ import annotations

import json
from pathlib import Path


class AssetMissing(LookupError):
    """The build has no such file; the message says what to do."""


class Assets:
    """The files of one build.

    Args:
        folder: output of `make assets`; its `manifest.json` maps plain names to hashed ones.
        prefix: address of that folder, with a leading and a trailing slash.
    """

    def __init__(self, folder: Path, prefix: str = "/static/") -> None:
        self._manifest = folder / "manifest.json"
        self._prefix = prefix
        self._names: dict[str, str] = {}
        self._read_at = -1

    def url(self, name: str) -> str:
        """Return the address of a file; a new build is noticed without a restart.

        Raises:
            AssetMissing: nothing is built, or no file of that name.
        """
        try:
            changed_at = self._manifest.stat().st_mtime_ns
        except FileNotFoundError:
            raise AssetMissing(f"{name}: nothing is built yet. Run `make assets`.") from None
        if changed_at != self._read_at:
            self._names = json.loads(self._manifest.read_text(encoding="utf-8"))
            self._read_at = changed_at
        try:
            return self._prefix + self._names[name]
        except KeyError:
            raise AssetMissing(f"{name} is not in the build. Run `make assets`.") from None
