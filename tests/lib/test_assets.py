from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from minimaluser.lib.assets import AssetMissing, Assets


def build(folder: Path, names: dict[str, str], seconds: int = 1) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(names))
    os.utime(manifest, (seconds, seconds))


def test_a_plain_name_gives_the_hashed_address(tmp_path: Path) -> None:
    build(tmp_path, {"site.css": "site.A1.css", "icons/icon.svg": "icons/icon.B2.svg"})
    assets = Assets(tmp_path)
    assert assets.url("site.css") == "/static/site.A1.css"
    assert assets.url("icons/icon.svg") == "/static/icons/icon.B2.svg"


def test_a_new_build_is_noticed(tmp_path: Path) -> None:
    build(tmp_path, {"site.css": "site.A1.css"}, seconds=1)
    assets = Assets(tmp_path)
    assets.url("site.css")
    build(tmp_path, {"site.css": "site.C3.css"}, seconds=2)
    assert assets.url("site.css") == "/static/site.C3.css"


def test_the_manifest_is_read_once_a_build(tmp_path: Path) -> None:
    build(tmp_path, {"site.css": "site.A1.css"}, seconds=1)
    assets = Assets(tmp_path)
    assets.url("site.css")
    build(tmp_path, {"site.css": "site.C3.css"}, seconds=1)
    assert assets.url("site.css") == "/static/site.A1.css"


def test_in_production_the_manifest_is_read_once(tmp_path: Path) -> None:
    build(tmp_path, {"site.css": "site.A1.css"})
    assets = Assets(tmp_path, is_fixed=True)
    assets.url("site.css")
    (tmp_path / "manifest.json").unlink()
    assert assets.url("site.css") == "/static/site.A1.css"


@pytest.mark.parametrize("names", [None, {}, {"site.js": "site.A1.js"}])
def test_a_missing_file_says_what_to_do(tmp_path: Path, names: dict[str, str] | None) -> None:
    if names is not None:
        build(tmp_path, names)
    with pytest.raises(AssetMissing, match=r"(site\.css|[Nn]othing).*make assets"):
        Assets(tmp_path).url("site.css")
