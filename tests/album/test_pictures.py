"""The album: what is shown where, and how pictures get there."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from sqlalchemy import update

from minimaluser import files
from minimaluser.album import images
from minimaluser.album import pictures as album
from minimaluser.album.model import Photo
from minimaluser.database import db, transaction
from minimaluser.testing.database import count, rows_of
from tests.album.stock import NAMES, write_pictures


@pytest.fixture
def seeded(app: Flask, tmp_path: Path) -> Flask:
    with app.app_context():
        assert album.seed(write_pictures(tmp_path / "pictures")) == 4
    return app


def names(pictures: Iterable[album.Picture]) -> list[str]:
    return [picture.name for picture in pictures]


def test_the_home_page_shows_what_is_marked_for_it_and_on_air(seeded: Flask) -> None:
    with seeded.app_context():
        assert names(album.on_home()) == [NAMES[0], NAMES[2]]


def test_the_album_shows_what_is_on_air_in_sequence_and_sees_changes_five_seconds_later(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    with seeded.app_context():
        assert names(album.on_air()) == list(NAMES[:3])
        first = db.session.get(Photo, album.on_air()[0].id)
        first.sequence = 99
        db.session.commit()
        moment += 4.9
        assert names(album.on_air()) == list(NAMES[:3])
        moment += 0.1
        assert names(album.on_air()) == [NAMES[1], NAMES[2], NAMES[0]]


def test_what_is_seeded_is_shown_at_once(seeded: Flask, tmp_path: Path) -> None:
    with seeded.app_context():
        assert album.on_air()
        with transaction():
            db.session.execute(update(Photo).values(is_on_air=False))
        album.seed(write_pictures(tmp_path / "again"))
        assert names(album.on_air()) == list(NAMES[:3])


def test_a_picture_knows_the_one_before_and_the_one_after(seeded: Flask) -> None:
    with seeded.app_context():
        first, second, third = album.on_air()
        assert album.find(first.id) == (first, None, second)
        assert album.find(second.id) == (second, first, third)
        assert album.find(third.id) == (third, second, None)


def test_AZ3_a_picture_off_air_is_not_found_nor_an_unknown_one(seeded: Flask) -> None:
    off_air = rows_of(seeded, Photo, ~Photo.is_on_air)[0].id
    with seeded.app_context():
        for identity in (off_air, 0, -1, 10**6):
            assert album.find(identity) == (None, None, None)
            assert album.file_of(identity, 480, "jpg") is None


@pytest.mark.parametrize(("width", "suffix"), [(480, "gif"), (481, "jpg"), (0, "webp"), (480, "")])
def test_a_size_or_format_that_is_not_made_is_unknown(
    seeded: Flask, width: int, suffix: str
) -> None:
    with seeded.app_context():
        assert album.file_of(album.on_air()[0].id, width, suffix) is None


def test_every_file_of_a_picture_is_in_the_storage(seeded: Flask) -> None:
    with seeded.app_context():
        for picture in album.on_air():
            for width in images.WIDTHS:
                for suffix in ("avif", "webp", "jpg"):
                    found = album.file_of(picture.id, width, suffix)
                    assert found is not None
                    assert found[0] == picture
                    assert len(found[1]) > 50


def test_addresses_are_readable(seeded: Flask) -> None:
    with seeded.app_context():
        picture = album.on_air()[2]
    assert picture.slug == "nine-o-clock"
    assert picture.address == f"/album/{picture.id}-nine-o-clock"
    assert picture.url(480, "webp") == f"/album/{picture.id}-nine-o-clock/480.webp"
    assert picture.srcset("avif", (480, 960)) == (
        f"{picture.address}/480.avif 480w, {picture.address}/960.avif 960w"
    )
    assert (picture.width, picture.height) == (16, 12)


def test_seeding_again_changes_nothing(seeded: Flask, tmp_path: Path) -> None:
    with seeded.app_context():
        assert album.seed(tmp_path / "pictures") == 0
    assert count(seeded, Photo) == 4


def test_seeding_again_brings_a_picture_up_to_date(seeded: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    listed = (folder / "album.toml").read_text().replace("It is green.", "Another caption")
    (folder / "album.toml").write_text(listed)
    Image.new("RGB", (20, 15)).save(folder / "rain-on-the-sill.webp")
    with seeded.app_context():
        before = album.on_air()[1]
        assert album.seed(folder) == 0
        after = album.on_air()[1]
        assert (after.id, after.name) == (before.id, before.name)
        assert after.file != before.file
        assert (after.caption, after.width) == ("Another caption", 20)
        assert album.file_of(after.id, 480, "jpg") is not None
    assert count(seeded, Photo) == 4


def test_a_picture_that_was_added_later_is_the_only_new_one(seeded: Flask, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures", (*NAMES, "One more"))
    with seeded.app_context():
        assert album.seed(folder) == 1


def test_a_seeding_that_was_interrupted_goes_on_where_it_stopped(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pictures(tmp_path / "pictures")
    with app.app_context():
        store = files.storage()
        write, written = store.write, list[str]()

        def until_the_disk_is_full(path: str, *more: Any) -> None:
            if len(written) == 12:
                raise OSError("no space left")
            written.append(path)
            write(path, *more)

        with monkeypatch.context() as trouble:
            trouble.setattr(store, "write", until_the_disk_is_full)
            with pytest.raises(OSError, match="no space"):
                album.seed(folder)
        assert len(album.on_air()) == 1
        assert album.seed(folder) == 3
        assert len(album.on_air()) == 3


def test_a_database_that_had_the_album_before_it_was_a_part_keeps_its_pictures(
    seeded: Flask,
) -> None:
    with seeded.app_context():
        db.session.execute(db.text("DELETE FROM alembic_version WHERE version_num LIKE 'album%'"))
        db.session.commit()
        upgrade(revision="heads")
        branches = db.session.scalars(db.text("SELECT version_num FROM alembic_version")).all()
    assert "album_0001" in branches
    assert count(seeded, Photo) == 4
