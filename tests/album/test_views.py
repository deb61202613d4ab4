"""The album: the list, a picture, and the files (AZ3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from minimaluser.album import images
from minimaluser.album import pictures as album
from minimaluser.album.model import Photo
from minimaluser.lib.storage import Away
from minimaluser.parts import Part
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing.answers import (
    assert_fragment_is_part_of_page,
    assert_sends_to_log_in,
    plain,
)
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of
from tests.album.stock import NAMES, write_pictures

SIZES = [(w, s) for w in images.WIDTHS for s in ("avif", "webp", "jpg")]


@pytest.fixture
def pictures(app: Flask, tmp_path: Path) -> list[album.Picture]:
    """Three on air, of which the first and the third are on the home page."""
    with app.app_context():
        album.seed(write_pictures(tmp_path / "pictures"))
        return list(album.on_air())


@pytest.fixture
def off_air(app: Flask, pictures: list[album.Picture]) -> Photo:
    return rows_of(app, Photo, ~Photo.is_on_air)[0]


def test_AZ3_the_list_is_for_confirmed_users(
    eve: Person, ben: Person, ann: Person, pictures: list[album.Picture]
) -> None:
    assert_sends_to_log_in(eve, "/album/")
    assert ben.get("/album/").location == "/profile"
    assert "confirm your email address first" in ben.get("/profile").text
    assert ben.get("/album/", htmx=True).headers["HX-Redirect"] == "/profile"
    page = ann.get("/album/").text
    assert [page.index(name.replace("'", "&#39;")) for name in NAMES[:3]] == sorted(
        page.index(name.replace("'", "&#39;")) for name in NAMES[:3]
    )
    assert NAMES[3] not in page


def test_AZ3_a_picture_is_for_users_who_are_logged_in(
    eve: Person, ben: Person, ann: Person, pictures: list[album.Picture]
) -> None:
    for picture in pictures:
        assert_sends_to_log_in(eve, picture.address)
        assert ben.get(picture.address).status_code == 200
        assert ann.get(picture.address).status_code == 200


def test_PR1_a_picture_waits_for_the_cookie_choice_while_a_part_brings_a_cookie_to_choose(
    stocked: Flask, ann: Person, pictures: list[album.Picture]
) -> None:
    address = pictures[0].address
    assert ann.get(address).status_code == 200
    services_of(stocked).parts += (Part(optional_cookies=("visits",)),)
    assert ann.get(address).location == f"/cookies?next={address}"
    ann.post("/cookies", {"next": address})
    assert ann.get(address).status_code == 200


def test_the_fragment_is_a_part_of_the_page(ann: Person, pictures: list[album.Picture]) -> None:
    for picture in pictures:
        assert_fragment_is_part_of_page(ann, picture.address)


def test_a_picture_leads_to_its_neighbours(ann: Person, pictures: list[album.Picture]) -> None:
    page = ann.get(pictures[1].address).text
    assert f'rel="prev" href="{pictures[0].address}"' in page
    assert f'rel="next" href="{pictures[2].address}"' in page
    assert 'rel="prev"' not in ann.get(pictures[0].address).text
    assert 'rel="next"' not in ann.get(pictures[2].address).text


def test_AZ3_a_picture_is_no_way_around_the_rule_of_the_album(
    ben: Person, pictures: list[album.Picture]
) -> None:
    page = ben.get(pictures[1].address).text
    assert pictures[1].name in page
    for neighbour in (pictures[0], pictures[2]):
        assert neighbour.address not in page


def test_an_old_name_leads_to_the_present_one(ann: Person, pictures: list[album.Picture]) -> None:
    answer = ann.get(f"/album/{pictures[0].id}-an-old-name")
    assert (answer.status_code, answer.location) == (301, pictures[0].address)


def test_AZ3_off_air_and_unknown_are_the_same_404(
    ann: Person, pictures: list[album.Picture], off_air: Photo
) -> None:
    slug = album.slugify(off_air.name)
    bodies = set()
    for identity in (off_air.id, 999_999):
        answer = ann.get(f"/album/{identity}-{slug}")
        assert answer.status_code == 404
        bodies.add(plain(answer.text))
        file = ann.get(f"/album/{identity}-{slug}/480.jpg")
        assert file.status_code == 404
        bodies.add(plain(file.text))
    assert len(bodies) == 1


def test_AZ3_a_stranger_cannot_tell_what_is_off_air(
    eve: Person, pictures: list[album.Picture], off_air: Photo
) -> None:
    members = next(picture.id for picture in pictures if not picture.is_on_home)
    for identity in (members, off_air.id, 999_999):
        for path in (f"/album/{identity}-x", f"/album/{identity}-x/480.jpg"):
            answer = eve.get(path)
            assert (answer.status_code, answer.location) == (
                303, f"/login?next=/album/{identity}-x",
            )  # fmt: skip


@pytest.mark.parametrize("identity", [0, 2**31, 2**63, 10**30])
def test_IN4_a_strange_number_is_not_found(
    ann: Person, pictures: list[album.Picture], identity: int
) -> None:
    assert ann.get(f"/album/{identity}-x").status_code == 404
    assert ann.get(f"/album/{identity}-x/480.jpg").status_code == 404
    assert ann.get(f"/album/{pictures[0].id}-x/{identity}.jpg").status_code == 404


@pytest.mark.parametrize(("width", "suffix"), SIZES)
def test_AZ3_strangers_see_thumbnails_of_the_home_page_alone(
    eve: Person, ben: Person, pictures: list[album.Picture], width: int, suffix: str
) -> None:
    kinds = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
    for picture in pictures:
        answer = eve.get(picture.url(width, suffix))
        if picture.is_on_home and width <= 960:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        else:
            assert answer.status_code == 303
            assert answer.headers["Cache-Control"] == "no-store"
        mine = ben.get(picture.url(width, suffix))
        assert mine.status_code == 200
        assert mine.mimetype == kinds[suffix]
        if answer.status_code != 200:
            assert mine.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize("file", ["480.gif", "481.jpg", "0.webp", "480.JPG", "480.svg", "x.jpg"])
def test_a_file_that_is_not_made_is_not_found(
    ann: Person, pictures: list[album.Picture], file: str
) -> None:
    assert ann.get(f"{pictures[0].address}/{file}").status_code == 404


def test_a_picture_missing_in_the_storage_is_not_found(
    app: Flask, ann: Person, pictures: list[album.Picture]
) -> None:
    for file in (settings_of(app).storage_folder / "album").iterdir():
        file.unlink()
    assert ann.get(pictures[0].url(480, "jpg")).status_code == 404
    assert ann.get("/album/").status_code == 200


def test_ST4_while_the_store_is_away_a_picture_is_not_there_yet(
    app: Flask,
    ann: Person,
    pictures: list[album.Picture],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise Away("the store is down")

    monkeypatch.setattr(services_of(app).storage, "read", away)
    answer = ann.get(pictures[0].url(480, "jpg"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ann.get("/album/").status_code == 200


def test_the_home_page_shows_the_thumbnails(eve: Person, pictures: list[album.Picture]) -> None:
    page = eve.get("/").text
    assert pictures[0].url(480, "jpg") in page
    assert pictures[2].url(480, "jpg") in page
    assert pictures[1].name not in page
    assert 'alt="Nothing but red"' in page
