"""Themes are folders with a style sheet, and say the colour of their pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimaluser.lib import themes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three themes, one with a colour of its own, beside what all share; and a folder of notes."""
    for name in ("night", "sea", "sand"):
        (tmp_path / "themes" / name).mkdir(parents=True)
        (tmp_path / "themes" / name / "site.css").touch()
    (tmp_path / "themes" / "notes").mkdir()
    (tmp_path / "css").mkdir()
    shared = ":root {\n  --paper: light-dark(#ffffff, #000000);\n}\n"
    (tmp_path / "css" / "tokens.css").write_text(shared)
    own = shared.replace("#ffffff", "#eef4ff")
    (tmp_path / "themes" / "sea" / "tokens.css").write_text(own)
    (tmp_path / "themes" / "sand" / "tokens.css").write_text(":root {\n  --radius: 0;\n}\n")
    return tmp_path / "themes"


def test_a_folder_with_a_sheet_is_a_theme(folder: Path) -> None:
    assert themes.names(folder) == ("night", "sand", "sea")
    assert themes.names(folder / "none") == ()


def test_pages_have_the_colour_of_their_theme_or_that_of_all(folder: Path) -> None:
    assert themes.find(folder, "sea") == ("sea", "#eef4ff", "#000000")
    for name in ("night", "sand"):
        assert themes.find(folder, name) == (name, "#ffffff", "#000000")


def test_a_colour_that_nobody_sets_is_told(folder: Path) -> None:
    (folder.parent / "css" / "tokens.css").write_text("")
    with pytest.raises(LookupError, match="the theme night sets --paper"):
        themes.find(folder, "night")
