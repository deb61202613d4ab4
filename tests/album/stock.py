"""A folder as `static/album` is, with four small pictures of one colour, and the album filled."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from minimaluser.album import pictures as album

WORDS = r"album|\bcats?\b"  # nothing else of the project has them
NAMES = ("Tuesday in the box", "Rain on the sill", "Nine o'clock", "Not to be seen")
FIRST, SECOND, THIRD, OFF_AIR = NAMES
COLOURS = ("red", "green", "blue", "grey", "white")


def write_pictures(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    """Write pictures: the first, the third and the last are for the home page, the last off air."""
    folder.mkdir(exist_ok=True)
    entries = []
    for number, (name, colour) in enumerate(zip(names, COLOURS, strict=False)):
        file, is_last = album.slugify(name), number == len(names) - 1
        Image.new("RGB", (16, 12), colour).save(folder / f"{file}.webp", lossless=True)
        on_air, on_home = not is_last, is_last or number in {0, 2}
        entries.append(
            f'[[picture]]\nfile = "{file}"\nname = "{name}"\ncaption = "It is {colour}."\n'
            f'alt = "Nothing but {colour}"\n'
            f"on_air = {str(on_air).lower()}\non_home = {str(on_home).lower()}\n"
        )
    (folder / "album.toml").write_text("\n".join(entries))
    return folder


def fill(folder: Path) -> None:
    """Put the four pictures into the album."""
    album.seed(write_pictures(folder / "pictures"))
