"""Takes the picture of the README from a running site: `python tools/screens.py ADDRESS`."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
GAP, GROUND = 24, (226, 226, 220)
HEIGHT = 1000


def main(site: str) -> None:
    """Put the home page on a desktop and the profile on a phone side by side."""
    finder = [sys.executable, str(Path(__file__).with_name("browser.py"))]
    path = subprocess.run(finder, check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        pictures = [_home(browser, site), _profile(browser, site)]
        browser.close()
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    sheet = Image.new("RGB", (width, HEIGHT + 2 * GAP), GROUND)
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    FOLDER.mkdir(parents=True, exist_ok=True)
    sheet.save(FOLDER / "readme.webp", quality=82)


def _home(browser: Browser, site: str) -> Image.Image:
    page = browser.new_page(viewport={"width": 1280, "height": HEIGHT}, color_scheme="light")
    page.goto(site)
    page.get_by_role("button", name="Necessary only").click()
    page.get_by_role("button", name="Necessary only").wait_for(state="detached")
    page.get_by_role("button", name="Dismiss").click()
    return _taken(page)


def _profile(browser: Browser, site: str) -> Image.Image:
    page = browser.new_page(viewport={"width": 430, "height": HEIGHT}, color_scheme="dark")
    page.goto(f"{site}/cookies")
    page.get_by_role("button", name="Save settings").click()
    page.goto(f"{site}/signup")
    page.get_by_label("Email").fill(f"ann.{time.time_ns() % 10_000}@example.org")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.get_by_role("button", name="Change nickname").wait_for()
    page.get_by_role("button", name="Dismiss").click()
    return _taken(page)


def _taken(page: Page) -> Image.Image:
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
