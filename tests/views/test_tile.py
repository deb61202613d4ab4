"""The tile on the profile, and the files."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, user_of, work

PATH, SEED = "/profile/tile", "0123456789abcdef"


def test_every_visit_offers_another_tile(ann: Person) -> None:
    found = {re.search(r"([0-9a-f]{16})\.svg", ann.get(PATH).text)[1] for _ in range(3)}
    assert len(found) == 3


def test_the_tile_that_was_shown_is_the_one_taken(app: Flask, ann: Person) -> None:
    form = ann.get(PATH, htmx=True).text
    preview = re.search(r'src="(/profile/tile/([0-9a-f]{16})\.svg)"', form)
    shown = ann.get(preview[1]).text
    assert f'value="{preview[2]}"' in form
    answer = ann.post(PATH, {"seed": preview[2]}, htmx=True)
    assert answer.status_code == 200
    name = user_of(app, ann.email).tile_name
    assert answer.text.count(f"/tiles/{name}.svg") == 3  # in the row twice, and in the menu
    assert ann.get(f"/tiles/{name}.svg").text == shown


def test_it_works_without_htmx(ann: Person) -> None:
    assert ann.post(PATH, {"seed": SEED}).location == "/profile"
    assert "Your new tile is in place" in ann.get("/profile").text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("seed", ["", "x", "<svg>", SEED + "0"])
def test_an_invalid_seed_brings_the_form_back_with_another(
    app: Flask, ann: Person, seed: str, htmx: bool
) -> None:
    before = snapshot(app)
    answer = ann.post(PATH, {"seed": seed}, htmx=htmx)
    assert answer.status_code == 422
    assert "This tile cannot be drawn. Here is another one." in answer.text
    assert re.search(r'src="/profile/tile/[0-9a-f]{16}\.svg"', answer.text)
    assert snapshot(app) == before


@pytest.mark.parametrize("seed", ["x", SEED.upper(), "..%2f..%2fsecrets", "0" * 17])
def test_a_preview_of_an_invalid_seed_is_not_found(ann: Person, seed: str) -> None:
    assert ann.get(f"{PATH}/{seed}.svg").status_code == 404


def test_ST5_a_tile_is_an_inert_picture(app: Flask, ann: Person, eve: Person) -> None:
    name = user_of(app, ann.email).tile_name
    for path, browser in ((f"/tiles/{name}.svg", eve), (f"{PATH}/{SEED}.svg", ann)):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "image/svg+xml"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert "<script" not in answer.text


def test_CA2_a_tile_is_not_kept_by_shared_caches(app: Flask, ann: Person) -> None:
    name = user_of(app, ann.email).tile_name
    assert ann.get(f"/tiles/{name}.svg").headers["Cache-Control"] == "private, no-cache"


def test_ST4_a_tile_is_shown_before_and_after_it_is_stored(app: Flask, ann: Person) -> None:
    path = f"/tiles/{user_of(app, ann.email).tile_name}.svg"
    before = ann.get(path).data
    work(app)
    assert ann.get(path).data == before


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e%2fsecrets.json", "x" * 300, "%00"])
def test_a_tile_nobody_has_is_not_found(eve: Person, name: str) -> None:
    assert eve.get(f"/tiles/{name}.svg").status_code == 404


def test_with_a_bucket_a_stored_tile_comes_from_there(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(app, aws_tiles_bucket_url="https://tiles.example")
    name = user_of(app, ann.email).tile_name
    ann.post(PATH, {"seed": SEED})
    fresh = user_of(app, ann.email).tile_name
    assert f'src="/tiles/{fresh}.svg"' in ann.get("/profile").text
    work(app)
    assert f'src="https://tiles.example/tiles/{fresh}.svg"' in ann.get("/profile").text
    assert name != fresh
