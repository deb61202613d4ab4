"""The tile: drawn from a seed and a colour."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser import accounts, files
from minimaluser.lib import namer, tiles
from minimaluser.lib.storage import Away
from minimaluser.models import people
from minimaluser.testing.client import Person
from minimaluser.testing.database import logged_in, snapshot, user_of, work

SEED = "0123456789abcdef"


def away(*_: object) -> None:
    raise Away("the store is down")


def draw(app: Flask, person: Person, seed: str = SEED) -> None:
    with app.app_context():
        accounts.draw_tile(logged_in(person.email), seed)


def test_the_tile_taken_is_the_one_previewed(app: Flask, ann: Person) -> None:
    with app.app_context():
        preview = accounts.preview_tile(people.by_email(ann.email), SEED)
    draw(app, ann)
    assert user_of(app, ann.email).tile_svg == preview


def test_ST4_a_new_tile_has_a_new_name_and_the_old_file_is_deleted(app: Flask, ann: Person) -> None:
    work(app)
    old = user_of(app, ann.email).tile_name
    draw(app, ann)
    new = user_of(app, ann.email).tile_name
    work(app)
    assert new != old
    with app.app_context():
        assert files.storage().exists(files.tile_path(new))
        assert not files.storage().exists(files.tile_path(old))


def test_ST4_a_tile_is_found_before_and_after_it_is_stored(app: Flask, ann: Person) -> None:
    draw(app, ann)
    user = user_of(app, ann.email)
    with app.app_context():
        before = accounts.find_tile(user.tile_name)
    work(app)
    assert user_of(app, ann.email).tile_svg is None
    with app.app_context():
        assert accounts.find_tile(user.tile_name) == before == user.tile_svg


def test_ST4_a_store_that_is_down_leaves_the_tile_in_the_database(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise OSError("the store is down")

    draw(app, ann)
    with app.app_context():
        monkeypatch.setattr(files.storage(), "write", down)
    work(app)
    user = user_of(app, ann.email)
    assert user.tile_svg is not None
    assert ann.get(f"/tiles/{user.tile_name}.svg").text == user.tile_svg


def test_ST4_neither_sign_up_nor_drawing_waits_for_the_store(
    app: Flask, ann: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    with app.app_context():
        store = files.storage()
    for name in ("write", "read", "delete", "exists"):
        monkeypatch.setattr(store, name, lambda *_, name=name: asked.append(name))
    eve.sign_up()
    draw(app, ann)
    for person in (eve, ann):
        name = user_of(app, person.email).tile_name
        assert f"/tiles/{name}.svg" in person.get("/profile").text
        assert person.get(f"/tiles/{name}.svg").status_code == 200
    assert asked == []


def test_ST4_while_the_store_is_away_a_tile_is_drawn_from_its_seed(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(app, ann)
    drawn = user_of(app, ann.email).tile_svg
    work(app)
    with app.app_context():
        monkeypatch.setattr(files.storage(), "read", away)
    user = user_of(app, ann.email)
    assert user.tile_svg is None
    assert ann.get(f"/tiles/{user.tile_name}.svg").text == drawn


@pytest.mark.parametrize(
    "seed", ["", "x", SEED[:-1], SEED + "0", SEED.upper(), "../../etc", "é" * 16]
)
def test_an_invalid_seed_is_refused(app: Flask, ann: Person, seed: str) -> None:
    before = snapshot(app)
    with app.app_context():
        user = people.by_email(ann.email)
        with pytest.raises(accounts.Refused):
            accounts.draw_tile(user, seed)
        with pytest.raises(accounts.Refused):
            accounts.preview_tile(user, seed)
    assert snapshot(app) == before


def test_the_tile_takes_the_colour_of_the_nickname_if_it_names_one(app: Flask, ann: Person) -> None:
    ann.post("/profile/nickname", {"nickname": "brave-otter-482913-teal"})
    draw(app, ann)
    user = user_of(app, ann.email)
    assert user.tile_colour == namer.colour_of("brave-otter-482913-teal")


def test_the_tile_keeps_its_colour_if_the_nickname_names_none(app: Flask, ann: Person) -> None:
    colour = user_of(app, ann.email).tile_colour
    ann.post("/profile/nickname", {"nickname": "Ann the Great"})
    draw(app, ann)
    user = user_of(app, ann.email)
    assert user.tile_colour == colour
    assert user.tile_svg == tiles.draw(SEED, colour)


@pytest.mark.parametrize("name", ["", "none", "../secrets", "0" * 36])
def test_a_name_nobody_has_is_no_tile(inside: None, name: str) -> None:
    assert accounts.find_tile(name) is None
