"""`flask seed`, as far as the album is concerned."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from minimaluser.album.model import Photo
from minimaluser.testing.database import count
from tests.album.stock import write_pictures
from tests.test_cli import run


def test_seed_fills_the_album_and_is_safe_to_repeat(app: Flask, tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "pictures")
    assert "4 new pictures" in run(app, "seed", "--pictures", str(pictures)).output
    assert "0 new pictures" in run(app, "seed", "--pictures", str(pictures)).output
    assert count(app, Photo) == 4


def test_seed_from_nowhere_is_refused(app: Flask, tmp_path: Path) -> None:
    result = run(app, "seed", "--pictures", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "does not exist" in result.output
