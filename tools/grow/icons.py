"""Draws the icons of a project from its initials, and the picture that others show with a link.

Square icons are a colour and letters; SVG where a browser takes it, PNG elsewhere. A colour is
chosen by the title, so the same title has the same icons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tools.grow.names import initials

PAPER = "#fbf3e2"
COLOURS = ("#0f766e", "#285cc2", "#7c419d", "#9b3b5a", "#8a4b12", "#3f6b2a")  # each 4.5 on PAPER
WALL = ("#0f766e", "#ee6c4d", "#f2b544", "#0b3b38", "#3d7ea6", "#8a5a9e")
SQUARES = {"apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512}
MASKABLE, SHARE, MARK = "maskable-512.png", "share.png", "templates/texts/mark.svg"
DRAWN = ("favicon.svg", "icon.svg", *SQUARES, MASKABLE, SHARE)
FILES = (*(f"static/icons/{name}" for name in DRAWN), MARK)
WIDTH, HEIGHT, TILE, FINER = 1200, 630, 210, 4  # pixels; FINER smooths what is drawn
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def colour(title: str) -> str:
    """Return the colour that stands for a title."""
    return COLOURS[hashlib.sha256(title.encode()).digest()[0] % len(COLOURS)]


def draw(folder: Path, title: str, wanted: Collection[str] = FILES) -> None:
    """Write these icons of a project, whatever their size and kind."""
    letters, ground = initials(title), colour(title)
    made: dict[str, str | Image.Image] = {
        "icon.svg": svg(letters, ground),
        "favicon.svg": svg(letters, ground, radius=20),
        MASKABLE: square(letters, ground, 512, 0.34),  # a phone cuts off a fifth on each side
        SHARE: share(title, letters, ground),
    }
    made |= {name: square(letters, ground, size) for name, size in SQUARES.items()}
    for name, drawn in made.items():
        path = f"static/icons/{name}"
        if path in wanted:
            _write(folder / path, drawn)
    if MARK in wanted:
        _write(folder / MARK, "\n".join(_shapes(letters, ground)) + "\n")


def svg(letters: str, ground: str, radius: int = 0) -> str:
    """Return an icon as SVG."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
    return "\n".join((head, *_shapes(letters, ground, radius))) + "</svg>\n"


def square(letters: str, ground: str, size: int, share_of_it: float = 0.5) -> Image.Image:
    """Return an icon as a picture; `share_of_it` says how much of the height the letters have."""
    large = size * FINER
    picture = Image.new("RGB", (large, large), ground)
    _letter(picture, letters, (large // 2, large // 2), round(large * share_of_it))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def share(title: str, letters: str, ground: str) -> Image.Image:
    """Return the picture beside a link: the title, and a wall of tiles with the icon in it."""
    large = Image.new("RGB", (WIDTH * FINER // 2, HEIGHT * FINER // 2), "#0b3b38")
    tile, scale = TILE * FINER // 2, FINER // 2
    for number in range(9):
        row, column = divmod(number, 3)
        at = (large.width - (3 - column) * tile, row * tile)
        piece = square(letters, ground, tile) if number == 4 else _tile(number, tile)
        large.paste(piece, at)
    pen, room = ImageDraw.Draw(large), large.width - 3 * tile - 2 * 56 * scale
    size = 84 * scale
    while size > 20 and max(pen.textlength(w, _font(size)) for w in title.split()) > room:
        size -= 4
    lines = _lines(pen, title, _font(size), room)
    text = "\n".join(lines)
    place = (56 * scale, large.height // 2)
    pen.multiline_text(place, text, fill=PAPER, font=_font(size), anchor="lm", spacing=size // 6)
    small = large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    return small.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _shapes(letters: str, ground: str, radius: int = 0) -> list[str]:
    size = 52 if len(letters) < 2 else 44
    corner = f' rx="{radius}"' if radius else ""
    return [
        f'<rect width="96" height="96"{corner} fill="{ground}"/>',
        f'<text x="48" y="48" dy=".36em" text-anchor="middle" font-size="{size}" fill="{PAPER}"'
        f' font-family="system-ui, sans-serif" font-weight="700">{letters}</text>',
    ]


def _tile(number: int, size: int) -> Image.Image:
    """Return a tile of the wall: a quarter, a disc, a half or an arch on a colour."""
    ground, ink = WALL[number % 6], PAPER if number % 2 else WALL[(number + 2) % 6]
    picture = Image.new("RGB", (size, size), ground)
    pen, half = ImageDraw.Draw(picture), size // 2
    match number % 4:
        case 0:
            pen.pieslice((-size, -size, size, size), 0, 90, fill=ink)
        case 1:
            pen.ellipse((half // 2, half // 2, size - half // 2, size - half // 2), fill=ink)
        case 2:
            pen.pieslice((0, half, size, size + half), 180, 360, fill=ink)
        case _:
            pen.polygon(((0, size), (half, half // 2), (size, size)), fill=ink)
    return picture.rotate(90 * (number // 2 % 4)) if number % 4 != 1 else picture


def _letter(picture: Image.Image, letters: str, middle: tuple[int, int], size: int) -> None:
    pen = ImageDraw.Draw(picture)
    stroke = size // 24  # the font has one weight only
    place = {"fill": PAPER, "font": _font(size), "stroke_width": stroke, "stroke_fill": PAPER}
    left, top, right, bottom = pen.textbbox((0, 0), letters, font=_font(size), stroke_width=stroke)
    at = (middle[0] - (left + right) / 2, middle[1] - (top + bottom) / 2)
    pen.text(at, letters, **place)  # type: ignore[arg-type]


def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def _lines(pen: ImageDraw.ImageDraw, title: str, font: Font, room: float) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _write(path: Path, drawn: str | Image.Image) -> None:
    if isinstance(drawn, str):
        path.write_text(drawn, encoding="utf-8", newline="")
    else:
        drawn.save(path, optimize=True)
