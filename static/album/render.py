"""Render the album's SVG drawings to their 1600x1200 WebP masters.

Usage: ``python static/album/render.py [slug ...]`` (no slug: all of them). The browser is
``$CHROMIUM`` or the first Chromium found on the path.
"""

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1600, 1200  # pixels
QUALITY = 88
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def find_browser() -> str:
    """Return the path of the browser; raise SystemExit when there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise SystemExit("No Chromium found: set CHROMIUM to its path.")
    return found


def render(slugs: list[str]) -> None:
    """Write ``<slug>.webp`` beside ``<slug>.svg`` for each slug; FileNotFoundError if unknown."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for slug in slugs:
            svg = (HERE / f"{slug}.svg").read_text(encoding="utf-8")
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}")
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            target = HERE / f"{slug}.webp"
            image.save(target, quality=QUALITY, method=6)
            sys.stdout.write(f"{target.name}: {target.stat().st_size / 1024:.0f} KB\n")
        browser.close()


if __name__ == "__main__":
    render(sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.svg")))
