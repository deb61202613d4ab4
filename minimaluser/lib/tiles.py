"""Tiles: small square SVG pictures drawn from a seed and a colour by Jinja templates.

A design is a file `<name>.svg` whose name does not start with `_`. `_tools` lists what a design can
draw with; all colours come from `palette`.
"""

import math
import random
import re
import secrets
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "tiles"
HARMONIES = ((150, 40, 12), (-150, -40, 150), (180, 55, 12), (130, -50, 130))
"""Degrees on the colour circle from the user's colour to accent, kin and pale."""

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_SEED = re.compile(r"[0-9a-f]{16}", re.ASCII)


def draw(seed: str, colour: str, design: str | None = None, *, folder: Path = FOLDER) -> str:
    """Return a complete SVG document, always the same for the same seed and colour.

    `seed` is any text (`new_seed` makes good ones), `colour` is `#rrggbb` in lower case and the
    main colour of the tile, `design` is one of `designs` (by default the seed chooses).
    Raises ValueError for another colour or design.
    """
    names = designs(folder=folder)
    if design is None:
        design = _chosen(seed, names)
    if design not in names:
        raise ValueError(f"no such design: {design!r}")
    rng = random.Random(f"{seed} {design}")
    colours = palette(colour, rng.randrange(len(HARMONIES)))
    svg = _environment(folder).get_template(f"{design}.svg").render(_tools(colours, rng))
    return re.sub(r"\s*\n\s*", "\n", svg.strip()) + "\n"


def designs(*, folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of the designs in alphabetical order."""
    paths = folder.glob("*.svg")
    return tuple(sorted(path.stem for path in paths if not path.stem.startswith("_")))


def new_seed() -> str:
    """Return 16 random hex digits."""
    return secrets.token_hex(8)


def is_seed(text: str) -> bool:
    """Tell whether `text` looks like something `new_seed` made."""
    return bool(_SEED.fullmatch(text))


def palette(colour: str, harmony: int = 0) -> tuple[str, ...]:
    """Return five colours `#rrggbb` that go together: the one given, deep, pale, accent and kin.

    Deep and pale are a dark and a light companion, accent and kin vivid ones; their hues are turned
    away from the colour by the angles of `HARMONIES[harmony]`. Raises ValueError unless `colour` is
    `#rrggbb` in lower case, IndexError when there is no such harmony.
    """
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"not a colour like #1a8a8a: {colour!r}")
    lightness, chroma, hue = _to_oklch(colour)
    accent, kin, pale = (hue + turn for turn in HARMONIES[harmony])
    vivid = min(max(chroma, 0.11), 0.16)
    companions = (
        (_apart(max(0.56 * lightness, 0.3), lightness, 0.16), min(chroma, 0.11), _shade(hue)),
        (_apart(0.945, lightness, 0.12), 0.035, pale),
        (_apart(_natural(accent), lightness, 0.13), vivid, accent),
        (_apart(_natural(kin), lightness, 0.13), vivid, kin),
    )
    return (colour, *(_from_oklch(*companion) for companion in companions))


def _chosen(seed: str, names: tuple[str, ...]) -> str:
    # Rendezvous hashing: a new design takes its fair share of the seeds and moves no other seed.
    if not names:
        raise ValueError("there are no designs")
    return max(names, key=lambda name: sha256(f"{seed} {name}".encode()).digest())


def _tools(colours: tuple[str, ...], rng: random.Random) -> Mapping[str, object]:
    return {
        "palette": colours,
        "rng": rng,
        "pi": math.pi,
        "sin": math.sin,
        "cos": math.cos,
        "round": round,
        "min": min,
        "max": max,
    }


@cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_short,
    )


def _short(value: object) -> object:
    if not isinstance(value, float):
        return value
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # + 0.0 turns -0.0 into 0.0


def _natural(hue: float) -> float:
    """Return the lightness at which a hue looks clean: high for yellow, low for blue."""
    return 0.66 + 0.15 * math.cos(math.radians(hue - 100))


def _shade(hue: float) -> float:
    """Return the hue of a shadow: yellow darkens to brown and lime to green, never to olive."""
    hue %= 360
    return hue - 25 if 55 < hue < 105 else hue + 15 if hue < 150 else hue - 8


def _apart(lightness: float, other: float, least: float) -> float:
    """Return `lightness`, moved so that it differs from `other` by `least` or more."""
    if abs(lightness - other) >= least:
        return lightness
    up = other + least <= 0.95 and (lightness >= other or other - least < 0.3)
    return other + least if up else other - least


# OKLCH: lightness 0 to 1, chroma 0 to about 0.3, hue in degrees; unlike in HSL, equal steps look
# equal. The matrices are those of Björn Ottosson, "A perceptual color space", 2020.


def _to_oklch(colour: str) -> tuple[float, float, float]:
    r, g, b = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
    green_red = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    blue_yellow = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    hue = math.degrees(math.atan2(blue_yellow, green_red))
    return lightness, math.hypot(green_red, blue_yellow), hue


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    while True:
        channels = _rgb(lightness, chroma, hue)
        if chroma < 0.005 or all(-0.002 <= channel <= 1.002 for channel in channels):
            return "#" + "".join(f"{round(min(max(c, 0), 1) * 255):02x}" for c in channels)
        chroma *= 0.96  # outside sRGB: greyer, at the same lightness and hue


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_),
        _gamma(-1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_),
        _gamma(-0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_),
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
