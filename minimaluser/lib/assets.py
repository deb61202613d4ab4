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
        is_fixed: whether no other build is looked for, once it has been read.
    """

    def __init__(self, folder: Path, is_fixed: bool = False) -> None:
        self._manifest = folder / "manifest.json"
        self._is_fixed = is_fixed
        self._names: dict[str, str] = {}
        self._read_at = -1

    def url(self, name: str) -> str:
        """Return the address of a file in the newest build, or in the first one if that is fixed.

        Raises:
            AssetMissing: nothing is built, or no file of that name.
        """
        if not (self._is_fixed and self._names):
            self._read()
        try:
            return f"/static/{self._names[name]}"
        except KeyError:
            raise AssetMissing(f"{name} is not in the build. Run `make assets`.") from None

    def _read(self) -> None:
        try:
            changed_at = self._manifest.stat().st_mtime_ns
        except FileNotFoundError:
            raise AssetMissing("Nothing is built yet. Run `make assets`.") from None
        if changed_at != self._read_at:
            self._names = json.loads(self._manifest.read_text(encoding="utf-8"))
            self._read_at = changed_at
