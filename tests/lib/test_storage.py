"""Files in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimaluser.lib.storage import Folder

SVG = "image/svg+xml"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "storage")


def test_a_written_file_is_read(folder: Folder) -> None:
    folder.write("tiles/a.svg", b"<svg/>", SVG)
    assert folder.read("tiles/a.svg") == b"<svg/>"
    assert folder.exists("tiles/a.svg")


def test_writing_again_replaces_the_file(folder: Folder) -> None:
    folder.write("tiles/a.svg", b"old", SVG)
    folder.write("tiles/a.svg", b"new", SVG)
    assert folder.read("tiles/a.svg") == b"new"


def test_a_missing_file_is_none(folder: Folder) -> None:
    assert folder.read("tiles/none.svg") is None
    assert not folder.exists("tiles/none.svg")


def test_a_deleted_file_is_gone_and_deleting_again_is_fine(folder: Folder) -> None:
    folder.write("tiles/a.svg", b"<svg/>", SVG)
    folder.delete("tiles/a.svg")
    folder.delete("tiles/a.svg")
    assert folder.read("tiles/a.svg") is None


def test_a_folder_is_no_file(folder: Folder) -> None:
    folder.write("tiles/a.svg", b"<svg/>", SVG)
    assert not folder.exists("tiles")


@pytest.mark.parametrize(
    "path", ["../secrets.json", "/etc/passwd", "tiles/../../secrets.json", "..", "tiles/../.."]
)
def test_a_path_outside_is_refused(folder: Folder, path: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        folder.read(path)
    with pytest.raises(ValueError, match="outside"):
        folder.write(path, b"x", SVG)
    with pytest.raises(ValueError, match="outside"):
        folder.delete(path)


def test_a_link_that_leads_outside_is_refused(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder.root.mkdir()
    (folder.root / "link").symlink_to(secret)
    with pytest.raises(ValueError, match="outside"):
        folder.read("link")


def test_a_write_that_fails_leaves_the_old_file_and_no_rubbish(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("tiles/a.svg", b"old", SVG)

    def fail(_self: Path, _target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        folder.write("tiles/a.svg", b"new", SVG)
    assert folder.read("tiles/a.svg") == b"old"
    assert [path.name for path in (folder.root / "tiles").iterdir()] == ["a.svg"]
