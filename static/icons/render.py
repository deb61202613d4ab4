"""Draws share.png, what other sites show beside a link to this one: the name and a wall of tiles.

Usage: `python static/icons/render.py`, after a change of the name or of the tile designs. The
browser is `$CHROMIUM` or the first Chromium found on the path.
"""

import html
import io
import os
import shutil
import sys
from base64 import b64encode
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from minimaluser import config  # noqa: E402
from minimaluser.lib import tiles  # noqa: E402

WIDTH, HEIGHT, TILE = 1200, 630, 210  # pixels
COLOURS = ("#0f766e", "#ee6c4d", "#f2b544", "#0b3b38", "#3d7ea6", "#8a5a9e", "#6a994e")
WORDS = "Your place, ready in a minute."
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
STYLE = f"""
body {{ margin: 0; width: {WIDTH}px; height: {HEIGHT}px; display: flex; background: #0b3b38;
  color: #fbf3e2; font-family: Inter, "Noto Sans", system-ui, sans-serif; }}
div {{ width: {WIDTH - 3 * TILE}px; box-sizing: border-box; padding: 0 56px; align-self: center; }}
h1 {{ margin: 0 0 24px; font-size: 72px; line-height: 1.02; letter-spacing: -0.035em; }}
p {{ margin: 0; font-size: 34px; line-height: 1.25; color: #a9d8cf; text-wrap: balance; }}
section {{ display: grid; grid-template-columns: repeat(3, {TILE}px); }}
img {{ display: block; width: {TILE}px; height: {TILE}px; }}
"""


def page() -> str:
    """Return the picture as a page."""
    designs = tiles.designs()
    drawn = [
        tiles.draw(f"share {n}", COLOURS[n % len(COLOURS)], designs[n % len(designs)])
        for n in range(9)
    ]
    wall = "".join(
        f'<img src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">' for svg in drawn
    )
    name = html.escape(config.SITE_NAME).replace("+", "+<wbr>")
    return (
        f"<style>{STYLE}</style><div><h1>{name}</h1><p>{WORDS}</p></div><section>{wall}</section>"
    )


def render() -> None:
    """Write share.png; SystemExit when there is no browser."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        raise SystemExit("No Chromium found: set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        view.set_content(page())
        picture = Image.open(io.BytesIO(view.screenshot())).convert("RGB")
        browser.close()
    few = picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(HERE / "share.png", optimize=True)


if __name__ == "__main__":
    render()
