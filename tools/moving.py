"""Makes the moving picture of the README: `python -m tools.moving`.

It starts a site of its own, and somebody changes a nickname on the profile. The browser draws every
frame; the pointer and the bar with the address above the page are drawn by this tool.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, Page, sync_playwright

from minimaluser.testing.browser.own_site import OwnSite
from minimaluser.testing.browser.people import Person
from minimaluser.testing.mailbox import Mailbox, at
from minimaluser.testing.processes import end_all_when_asked_to_stop
from minimaluser.testing.settled import settled

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "screens" / "moving.webp"
WIDTH, HEIGHT, BAR = 720, 440, 36  # of the page, and of the bar above it, in pixels of the page
SCALE = 1.5
QUALITY = 60
STILL, LOOK, MOVE, TYPE = 1000, 1600, 40, 90  # milliseconds that a frame is seen
STEPS = 8  # frames of a way of the pointer
PATIENCE = 30.0  # seconds for a mail
SHORT, REST = "Ada", " of the Tiles"  # three letters are too few
POINTER = ((0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12))


class Film:
    """The frames so far, each with how long it is seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[Image.Image] = []
        self.spans: list[int] = []
        self.x, self.y = WIDTH * 0.7, HEIGHT * 0.8

    def take(self, span: int) -> None:
        """Take a frame that is seen for so many milliseconds."""
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        whole = Image.new("RGB", (shot.width, shot.height + round(BAR * SCALE)), "#e4e1d8")
        whole.paste(shot, (0, round(BAR * SCALE)))
        self._draw(ImageDraw.Draw(whole))
        self.frames.append(whole)
        self.spans.append(span)

    def point_at(self, thing: Locator) -> None:
        """Move the pointer there, and press."""
        box = thing.bounding_box()
        assert box, thing
        x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6
        from_x, from_y = self.x, self.y
        for step in range(1, STEPS + 1):
            part = step / STEPS
            part = part * part * (3 - 2 * part)  # slow at both ends
            self.x, self.y = from_x + (x - from_x) * part, from_y + (y - from_y) * part
            self.page.mouse.move(self.x, self.y)
            self.take(MOVE)
        self.take(STILL // 4)
        thing.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.6})

    def type(self, text: str) -> None:
        """Type letter by letter."""
        for letter in text:
            self.page.keyboard.type(letter)
            self.take(TYPE)

    def save(self, file: Path) -> None:
        """Write the picture."""
        first, *rest = self.frames
        first.save(
            file,
            save_all=True,
            append_images=rest,
            duration=self.spans,
            loop=0,
            quality=QUALITY,
            method=6,
            minimize_size=True,
        )

    def _draw(self, draw: ImageDraw.ImageDraw) -> None:
        bar = [12 * SCALE, 6 * SCALE, (WIDTH - 12) * SCALE, (BAR - 6) * SCALE]
        draw.rounded_rectangle(bar, 10 * SCALE, fill="white")
        font = ImageFont.load_default(13 * SCALE)
        draw.text((26 * SCALE, 9 * SCALE), "localhost:5000/profile", fill="#46606b", font=font)
        shape = [((self.x + x) * SCALE, (self.y + BAR + y) * SCALE) for x, y in POINTER]
        draw.polygon(shape, fill="black", outline="white", width=2)


def main() -> None:
    """Start a site, make somebody, and take the picture."""
    finder = [sys.executable, str(Path(__file__).with_name("browser.py"))]
    path = subprocess.run(finder, check=True, capture_output=True, text=True).stdout.strip()
    with TemporaryDirectory(prefix="moving-") as name, sync_playwright() as playwright:
        folder = Path(name)
        made = OwnSite().instance(folder / "made")
        (folder / "served").mkdir()
        with OwnSite().serve(made, folder / "served") as site:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            context = browser.new_context(
                base_url=site.url,
                viewport={"width": WIDTH, "height": HEIGHT},
                device_scale_factor=SCALE,
                reduced_motion="reduce",
                service_workers="block",
                locale="en-GB",
            )
            mailbox = Mailbox(at(f"{site.url}/dev/mailbox.json"), PATIENCE)
            ada = Person(site, mailbox, "ada@example.org").at(context)
            for deed in (ada.sign_up, ada.accept_cookies, ada.confirm, ada.choose_key):
                deed()
            film = _film(context.new_page())
            browser.close()
    film.save(FILE)
    seconds = sum(film.spans) / 1000
    print(f"{FILE.relative_to(ROOT)}: {len(film.frames)} frames, {seconds:.0f} s")
    print(f"{FILE.stat().st_size / 1000:.0f} KB")


def _film(page: Page) -> Film:
    page.goto("/profile")
    row = settled(page).locator("#row-nickname")
    top = "(row) => scrollTo(0, row.getBoundingClientRect().top + scrollY - 96)"
    row.evaluate(top)
    film = Film(page)
    film.take(LOOK)
    film.point_at(page.get_by_role("button", name="Change nickname", exact=True))
    settled(page)
    film.take(STILL)
    field = page.get_by_label("Nickname", exact=True)
    field.fill("")
    film.type(SHORT)
    settled(page)
    film.take(LOOK)
    film.type(REST)
    settled(page)
    film.take(STILL)
    film.point_at(page.get_by_role("button", name="Save", exact=True))
    settled(page)
    film.take(LOOK)
    page.get_by_role("button", name="Dismiss", exact=True).click()
    settled(page)
    film.take(2 * LOOK)
    return film


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    main()
