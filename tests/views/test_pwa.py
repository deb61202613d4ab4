"""What makes the site an app."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from minimaluser.settings import ROOT, SITE_NAME
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import statements
from tests import club

TOKENS = ROOT / "static" / "src" / "css" / "tokens.css"


def manifest_of(person: Person) -> dict[str, Any]:
    answer = person.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    loaded: dict[str, Any] = json.loads(answer.text)
    return loaded


def kept_by(person: Person) -> list[str]:
    listed = re.search(r"const FILES = (\[.*?\]);", person.get("/sw.js").text, re.DOTALL)
    assert listed
    files: list[str] = json.loads(listed[1])
    return files


def version_of(person: Person) -> str:
    found = re.search(r'const VERSION = "([0-9a-f]{16})"', person.get("/sw.js").text)
    assert found
    return found[1]


def test_the_manifest_names_the_site_and_pictures_of_the_size_it_says(eve: Person) -> None:
    manifest = manifest_of(eve)
    assert manifest["name"] == SITE_NAME
    assert (manifest["id"], manifest["scope"], manifest["start_url"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert any("maskable" in icon.get("purpose", "") for icon in manifest["icons"])
    shots = manifest.get("screenshots", [])
    assert {shot["form_factor"] for shot in shots} <= {"narrow", "wide"}
    shortcuts = [icon for each in manifest["shortcuts"] for icon in each["icons"]]
    for picture in manifest["icons"] + shots + shortcuts:
        answer = eve.get(picture["src"])
        assert answer.status_code == 200
        if picture["sizes"] != "any":
            with Image.open(BytesIO(answer.data)) as opened:
                assert "{}x{}".format(*opened.size) == picture["sizes"]


def test_shortcuts_lead_through_the_log_in_and_back(eve: Person) -> None:
    for shortcut in manifest_of(eve)["shortcuts"]:
        assert eve.get(shortcut["url"]).location == f"/login?next={shortcut['url']}"


def test_the_colours_around_the_app_are_those_of_the_page(eve: Person) -> None:
    paper = re.search(r"--paper: light-dark\((#\w+), (#\w+)\)", TOKENS.read_text())
    assert paper
    manifest, page = manifest_of(eve), eve.get("/about").text
    assert {manifest["theme_color"], manifest["background_color"]} == {paper[1]}
    for mode, colour in zip(("light", "dark"), paper.groups(), strict=True):
        query = f"(prefers-color-scheme: {mode})"
        assert f'<meta name="theme-color" media="{query}" content="{colour}">' in page


def test_CA4_the_service_worker_is_for_the_whole_site_and_never_stale(eve: Person) -> None:
    answer = eve.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_CA2_the_service_worker_caches_only_public_files_and_all_of_them_exist(
    stocked: Flask, eve: Person, ann: Person
) -> None:
    files = kept_by(eve)
    assert ann.get("/sw.js").text == eve.get("/sw.js").text
    assert {"/club/1/badge.png", "/club/2/badge.png"} < {*files}
    assert any(file.startswith("/static/site.") and file.endswith(".css") for file in files)
    for file in files:
        answer = eve.get(file)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert set(files) >= set(re.findall(r'src="([^"#]+)', eve.get("/offline").text))


def test_CA4_another_picture_makes_another_version(
    eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = version_of(eve)
    assert version_of(eve) == before
    monkeypatch.setattr(club, "BADGES", club.BADGES[1:])
    assert version_of(eve) != before


def test_CA4_switched_off_it_leaves_nothing_behind(app: Flask, eve: Person) -> None:
    assert 'data-worker="/sw.js"' in eve.get("/").text
    change_settings(app, sw_disabled=True)
    text = eve.get("/sw.js").text
    assert "registration.unregister()" in text
    assert "caches.delete" in text
    assert "addAll" not in text
    assert "data-worker" not in eve.get("/").text


def test_the_offline_page_is_the_same_for_all_users(
    stocked: Flask, eve: Person, ann: Person
) -> None:
    answer = eve.get("/offline")
    assert answer.text == ann.get("/offline").text
    assert "/badge.png" in answer.text
    assert "csrf" not in answer.text
    assert not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("path", ["/offline", "/sw.js"])
def test_pages_that_work_offline_do_not_load_the_user(app: Flask, ann: Person, path: str) -> None:
    with statements(app) as seen:
        ann.get(path)
    rows = [each for each in seen if not each.startswith("BEGIN")]
    assert [each for each in rows if "users" in each or "session" in each] == []
