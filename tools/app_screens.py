"""Takes the screenshots that an app store shows: `python tools/app_screens.py ADDRESS`."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "static" / "icons" / "screens"
SIZES = {"narrow": (360, 640, 2), "wide": (1280, 720, 1)}  # width, height, pixels per pixel


def main(site: str) -> None:
    """Take a screenshot of the home page in each form factor of the manifest."""
    finder = [sys.executable, str(Path(__file__).with_name("browser.py"))]
    path = subprocess.run(finder, check=True, capture_output=True, text=True).stdout.strip()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, size in SIZES.items():
            _home(browser, site, *size).save(FOLDER / f"{name}.webp", quality=70, method=6)
        browser.close()


def _home(browser: Browser, site: str, width: int, height: int, scale: int) -> Image.Image:
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale
    )
    page = context.new_page()
    page.goto(site)
    page.get_by_role("button", name="Necessary only").click()
    page.get_by_role("button", name="Necessary only").wait_for(state="detached")
    page.get_by_role("button", name="Dismiss").click()
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, height - 1)  # so that nothing is hovered over
    taken = page.screenshot()
    context.close()
    return Image.open(io.BytesIO(taken)).convert("RGB")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
