"""What makes the site an app."""

from __future__ import annotations

import json

from minimaluser import config
from tests.person import Person


def test_the_manifest_names_the_site_and_icons_that_exist(eve: Person) -> None:
    answer = eve.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert manifest["name"] == config.SITE_NAME
    assert manifest["start_url"].startswith("/")
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        assert eve.get(icon["src"]).status_code == 200
    assert any("maskable" in icon.get("purpose", "") for icon in manifest["icons"])


def test_CA4_the_service_worker_is_for_the_whole_site_and_never_stale(eve: Person) -> None:
    answer = eve.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_CA2_the_service_worker_knows_no_private_page(eve: Person, ann: Person) -> None:
    text = eve.get("/sw.js").text
    assert "/offline" in text
    for private in ("/profile", "/album", "/confirm", "/tiles/"):
        assert f'"{private}' not in text
    assert ann.get("/sw.js").text == text


def test_the_offline_page_is_the_same_for_everybody(eve: Person, ann: Person) -> None:
    assert eve.get("/offline").text == ann.get("/offline").text
    assert "csrf" not in eve.get("/offline").text
    assert not eve.get("/offline").headers.getlist("Set-Cookie")
