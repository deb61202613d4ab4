"""Every page has the style sheet of the theme that is set."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.lib import themes
from minimaluser.services import services_of
from minimaluser.settings import THEMES
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person

SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
PAGES = ("/", "/about", "/login", "/offline", "/nothing-of-this-name", "/dev/mailbox")


def sheets(html: str) -> list[str]:
    return SHEET.findall(html)


def sheet_of(app: Flask, theme: str) -> str:
    return services_of(app).assets.url(f"{theme}.css")


@pytest.mark.parametrize("theme", themes.names(THEMES))
def test_every_page_has_the_sheet_and_the_colours_of_the_theme_and_works_offline_with_it(
    app: Flask, eve: Person, theme: str
) -> None:
    change_settings(app, theme=theme)
    sheet = sheet_of(app, theme)
    for page in PAGES:
        assert sheets(eve.get(page).text) == [sheet], page
    assert f'"{sheet}"' in eve.get("/sw.js").text
    assert eve.get(sheet).status_code == 200
    _, day, night = themes.find(THEMES, theme)
    manifest = eve.get("/manifest.webmanifest").json
    assert (manifest["theme_color"], manifest["background_color"]) == (day, day)
    colours = re.findall(r'name="theme-color" media="[^"]+" content="([^"]+)"', eve.get("/").text)
    assert colours == [day, night]


def test_each_theme_has_a_sheet_of_its_own(app: Flask) -> None:
    names = themes.names(THEMES)
    assert {"default", "plain", "contrast"} <= {*names}
    assert len({sheet_of(app, name) for name in names}) == len(names)


def test_in_development_an_address_may_ask_for_another_theme(app: Flask, ann: Person) -> None:
    assert sheets(ann.get("/profile?theme=plain").text) == [sheet_of(app, "plain")]
    assert sheets(ann.get("/profile").text) == [sheet_of(app, "default")]
    for unknown in ("", "none", "../plain"):
        page = ann.get("/profile", query_string={"theme": unknown})
        assert sheets(page.text) == [sheet_of(app, "default")]


def test_the_gallery_shows_a_state_in_any_theme(app: Flask, eve: Person) -> None:
    gallery = eve.get("/dev/gallery").text
    assert re.findall(r'<option value="([a-z]+)"[^>]*>\1<', gallery)[:1] == ["default"]
    states = {each["kind"]: each["address"] for each in eve.get("/dev/gallery/states.json").json}
    for kind in ("page", "error", "partial"):
        shown = eve.get(f"{states[kind]}?theme=contrast").text
        assert sheets(shown) == [sheet_of(app, "contrast")], kind


def test_in_production_nobody_else_chooses_the_theme(app: Flask, eve: Person) -> None:
    change_settings(app, app_env="production", theme="contrast")
    for page in PAGES[:5]:
        assert sheets(eve.get(f"{page}?theme=plain").text) == [sheet_of(app, "contrast")], page
