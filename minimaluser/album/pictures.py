"""The album: pictures on the home page, on air, and one picture; and how they get there."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from minimaluser import files
from minimaluser.album import images
from minimaluser.album.model import Photo
from minimaluser.database import db, transaction
from minimaluser.lib.recent import Recent
from minimaluser.lib.text import slugify


@dataclass(frozen=True)
class Picture:
    """A picture as pages show it; sizes in pixels."""

    id: int
    name: str
    caption: str
    alt: str
    file: str
    width: int
    height: int
    is_on_home: bool

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def address(self) -> str:
        """The picture's own page."""
        return f"/album/{self.id}-{self.slug}"

    @property
    def thumbnail(self) -> str:
        """The address of the smallest file: what browsers keep for when they are offline."""
        return self.url(images.WIDTHS[0], "avif")

    def url(self, width: int, suffix: str) -> str:
        """Return the address of the file with this width (pixels) and format (`avif`, …)."""
        return f"{self.address}/{width}.{suffix}"

    def srcset(self, suffix: str, widths: tuple[int, ...] = images.WIDTHS) -> str:
        """Return the value of `srcset` for these widths in this format."""
        return ", ".join(f"{self.url(width, suffix)} {width}w" for width in widths)


def on_home() -> tuple[Picture, ...]:
    """Return what anybody sees on the home page, in sequence; up to five seconds old."""
    return tuple(picture for picture in on_air() if picture.is_on_home)


def find(identity: int) -> tuple[Picture | None, Picture | None, Picture | None]:
    """Return the picture with this id if it is on air, the one before and the one after."""
    row: list[Picture | None] = [None, *_pictures(), None]
    for before, picture, after in zip(row, row[1:], row[2:], strict=False):
        if picture is not None and picture.id == identity:
            return picture, before, after
    return None, None, None


def file_of(identity: int, width: int, suffix: str) -> tuple[Picture, bytes] | None:
    """Return a picture on air and the content of its file in this width and format."""
    found = _pictures(Photo.id == identity)
    if not found or width not in images.WIDTHS or suffix not in images.FORMATS:
        return None
    content = files.storage().read(path_of(found[0].file, width, suffix))
    return (found[0], content) if content is not None else None


def seed(folder: Path) -> int:
    """Bring the pictures of a folder with its `album.toml` into the album and the storage.

    A picture that is there already is brought up to date.

    Returns:
        How many pictures were new.
    """
    listed = tomllib.loads((folder / "album.toml").read_text())["picture"]
    rows = {photo.file.rpartition("-")[0]: photo for photo in db.session.scalars(select(Photo))}
    fresh = 0
    for sequence, entry in enumerate(listed, start=1):
        master = (folder / f"{entry['file']}.webp").read_bytes()
        file = f"{entry['file']}-{hashlib.sha256(master).hexdigest()[:8]}"
        _store(file, master)
        photo = rows.get(entry["file"])
        with transaction():
            if photo is None:
                photo = Photo(file=file)
                db.session.add(photo)
                fresh += 1
            photo.file, photo.sequence = file, sequence
            photo.name, photo.caption, photo.alt = entry["name"], entry["caption"], entry["alt"]
            photo.is_on_air, photo.is_on_home = entry["on_air"], entry["on_home"]
            photo.width, photo.height = images.size_of(master)
    on_air.forget()
    return fresh


def path_of(file: str, width: int, suffix: str) -> str:
    """Return the path in the storage of a picture in a width (pixels) and format."""
    return f"album/{file}-{width}.{suffix}"


def _store(file: str, master: bytes) -> None:
    wanted = [path_of(file, w, s) for w in images.WIDTHS for s in images.FORMATS]
    store = files.storage()
    if all(store.exists(path) for path in wanted):
        return
    for width, suffix, content in images.versions(master):
        store.write(path_of(file, width, suffix), content, images.FORMATS[suffix][1])


def _pictures(*conditions: object) -> tuple[Picture, ...]:
    columns = [getattr(Photo, name) for name in Picture.__dataclass_fields__]
    query = select(*columns).where(Photo.is_on_air, *conditions).order_by(Photo.sequence)  # type: ignore[arg-type]
    return tuple(Picture(*row) for row in db.session.execute(query))


on_air = Recent(_pictures, seconds=5)  # the whole album, in sequence
