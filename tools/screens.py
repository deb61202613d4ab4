"""Takes screenshots of a running site: `python -m tools.screens ADDRESS FOLDER`, `make screens`.

Every page and state becomes one strip in FOLDER/pages: 360, 768 and 1280 px wide, light and dark.
The pictures of the README and a page that lists all strips are in FOLDER. The scenes of a part
(`SCENES` in `e2e/<part>/scenes.py`) have a folder and a page of their own there. Only labels
and addresses of the contract are used, so that older versions of the site work, too.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from minimaluser.testing.patterns import PAGE_TOKEN, first
from minimaluser.testing.processes import end_all_when_asked_to_stop

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = (360, 768, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TALLEST = 1500  # height to which a page is cut, in pixels
STRIPS = "pages"  # the folder of the strips
SHRINK, THRIFT = 0.21, 32  # of the strips: size and quality, for all of them are in the repository
GAP, GROUND = 12, (128, 128, 124)
QUALITY = 52
# For the README: each file with the scene, width and scheme of the pictures side by side in it.
CARDS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "readme.webp": (("home", 1280, "light"), ("profile", 360, "dark")),
    "readme-phones.webp": (
        ("signup", 360, "light"),
        ("tile", 360, "dark"),
        ("photo-dialog", 360, "light"),
        ("error-404", 360, "dark"),
    ),
}
CARD_HEIGHT = 740

Act = Callable[[Page], None]
Scene = tuple[str, str, Act]


def main(site: str, folder: Path, only: str = "") -> None:
    """Make accounts on the site, then a strip for every scene whose name contains `only`."""
    parts = _parts()
    brought = {name: scene for scenes in parts.values() for name, scene in scenes.items()}
    folders = {name: folder / part / STRIPS for part, names in parts.items() for name in names}
    for each in {folder / STRIPS, *folders.values()}:
        each.mkdir(parents=True, exist_ok=True)
    finder = [sys.executable, str(Path(__file__).with_name("browser.py"))]
    path = subprocess.run(finder, check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        people = {
            who: browser.new_context(base_url=site, service_workers="block", locale="en-GB")
            for who in ("stranger", "guest", "unconfirmed", "confirmed")
        }
        addresses = _prepare(people)
        kept: dict[tuple[str, int, str], Image.Image] = {}
        for name, (who, address, act) in {**SCENES, **brought}.items():
            if only in name:
                page = people[who].new_page()
                page.goto(addresses.get(address, address))
                act(page)
                shots = _shots(page)
                kept |= {(name, *place): shot for place, shot in shots.items()}
                strip = _row([_small(shot) for shot in shots.values()])
                target = folders.get(name, folder / STRIPS) / f"{name}.webp"
                strip.save(target, quality=THRIFT, method=6)
                page.close()
        browser.close()
    if not only:
        for file, places in CARDS.items():
            there = [place for place in places if place in kept]  # a part may be taken out
            card = _row([kept[place].crop((0, 0, place[1], CARD_HEIGHT)) for place in there])
            card.save(folder / file, quality=QUALITY, method=6)
        _list(folder, SCENES)
        for part, scenes in parts.items():
            _list(folder / part, scenes)


def _parts() -> dict[str, dict[str, Scene]]:
    """Return the scenes of every part that has any."""
    found = sorted(path.parent.name for path in ROOT.glob("e2e/*/scenes.py"))
    return {part: import_module(f"e2e.{part}.scenes").SCENES for part in found}


def _list(folder: Path, scenes: Iterable[str]) -> None:
    lines = ["# Every page", ""]
    lines += ["Left to right 360, 768 and 1280 px wide, by day and by night. `make screens` makes"]
    lines += ["these pictures, and this page.", ""]
    for name in scenes:
        lines += [f"## {name}", "", f"![{name}]({STRIPS}/{name}.webp)", ""]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _prepare(people: dict[str, BrowserContext]) -> dict[str, str]:
    """Sign two people up and return the addresses that contain tokens."""
    mark = f"{time.time_ns() % 10**9}"
    ben, ann, moving = (
        f"ben.{mark}@example.org",
        f"ann.{mark}@example.org",
        f"new.{mark}@example.org",
    )
    for who in ("guest", "unconfirmed", "confirmed"):
        _post(people[who], "/cookies")
    _post(people["unconfirmed"], "/signup", email=ben)
    _post(people["confirmed"], "/signup", email=ann)
    confirmation = _mail(people["confirmed"], ann)
    _post(people["confirmed"], _path(confirmation["links"][0]))
    _post(people["confirmed"], "/profile/email", email=moving)
    reset = people["guest"].request.get("/forgot-key")
    token = first(PAGE_TOKEN, reset.text())
    code = people["guest"].request.post("/forgot-key", form={"csrf_token": token, "email": ben})
    return {
        "confirm": _path(_mail(people["unconfirmed"], ben, "onfirm")["links"][0]),
        "email-confirm": _path(_mail(people["confirmed"], moving)["links"][0]),
        "email-undo": _path(_mail(people["confirmed"], ann)["links"][0]),
        "reset-key": _path(code.url),
        "new-key": _path(_mail(people["guest"], ben)["links"][0]),
    }


def _post(person: BrowserContext, address: str, **form: str) -> None:
    token = first(PAGE_TOKEN, person.request.get("/cookies").text())
    answer = person.request.post(address, form={"csrf_token": token, **form})
    if not answer.ok:
        raise SystemExit(f"{address} answered {answer.status}")


def _mail(person: BrowserContext, email: str, about: str = "") -> dict[str, Any]:
    mails = person.request.get("/dev/mailbox.json").json()
    found: dict[str, Any] = next(
        mail for mail in mails if mail["to"] == email and about in mail["subject"]
    )
    return found


def _path(address: str) -> str:
    return urlsplit(address).path


def _shots(page: Page) -> dict[tuple[int, str], Image.Image]:
    shots: dict[tuple[int, str], Image.Image] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740 if width < 500 else 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate("() => scrollTo(0, 0)")
            page.wait_for_load_state("networkidle")
            whole = not page.locator("dialog[open], :popover-open").count()
            shot = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
            shots[width, scheme] = shot.crop((0, 0, width, min(shot.height, TALLEST)))
    return shots


def _small(shot: Image.Image) -> Image.Image:
    size = (round(shot.width * SHRINK), round(shot.height * SHRINK))
    return shot.resize(size, Image.Resampling.LANCZOS)


def _row(shots: list[Image.Image]) -> Image.Image:
    """Return one picture with all of these side by side."""
    width = sum(shot.width + GAP for shot in shots) + GAP
    row = Image.new("RGB", (width, max(shot.height for shot in shots) + 2 * GAP), GROUND)
    left = GAP
    for shot in shots:
        row.paste(shot, (left, GAP))
        left += shot.width + GAP
    return row


def _as_it_is(_page: Page) -> None:
    pass


def _press(name: str, page: Page) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state("networkidle")


def _refused(opener: str, label: str, value: str, name: str, page: Page) -> None:
    if opener:
        _press(opener, page)
    page.get_by_label(label, exact=True).last.fill(value)
    _press(name, page)


def _menu(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    _press("Menu", page)


def _user_menu(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("button").last.click()


SCENES: dict[str, Scene] = {
    "home": ("guest", "/", _as_it_is),
    "home-first-visit": ("stranger", "/", _as_it_is),
    "home-menu": ("guest", "/", _menu),
    "about": ("guest", "/about", _as_it_is),
    "privacy-notice": ("guest", "/privacy-notice", _as_it_is),
    "terms-of-service": ("guest", "/terms-of-service", _as_it_is),
    "signup": ("guest", "/signup", _as_it_is),
    "signup-refused": ("guest", "/signup", partial(_refused, "", "Email", "ann@", "Sign up")),
    "login": ("guest", "/login", _as_it_is),
    "login-refused": ("guest", "/login", partial(_refused, "", "Email", "a@b.example", "Log in")),
    "forgot-key": ("guest", "/forgot-key", _as_it_is),
    "reset-key": ("guest", "reset-key", _as_it_is),
    "reset-key-refused": (
        "guest",
        "reset-key",
        partial(_refused, "", "Code", "12", "Reset access key"),
    ),
    "new-key": ("guest", "new-key", _as_it_is),
    "confirm": ("guest", "confirm", _as_it_is),
    "email-confirm": ("guest", "email-confirm", _as_it_is),
    "email-undo": ("guest", "email-undo", _as_it_is),
    "link-spent": ("guest", "/confirm/no-such-token", _as_it_is),
    "profile-unconfirmed": ("unconfirmed", "/profile", _as_it_is),
    "profile": ("confirmed", "/profile", _as_it_is),
    "profile-toast": ("unconfirmed", "/profile", partial(_press, "Send the mail again")),
    "profile-menu": ("confirmed", "/profile", _user_menu),
    "nickname": ("confirmed", "/profile/nickname", partial(_refused, "", "Nickname", "A", "Save")),
    "email": ("confirmed", "/profile/email", _as_it_is),
    "access-key": (
        "confirmed",
        "/profile",
        partial(_refused, "Change access key", "New access key", "short", "Save"),
    ),
    "tile": ("confirmed", "/profile/tile", _as_it_is),
    "events": ("confirmed", "/profile/events", _as_it_is),
    "first-key": ("confirmed", "/profile/first-key", _as_it_is),
    "key-entry": ("confirmed", "/key-entry", _as_it_is),
    "delete": ("confirmed", "/profile/delete", _as_it_is),
    "delete-dialog": (
        "confirmed",
        "/profile",
        partial(
            _refused,
            "Delete account…",
            "Current access key",
            "not my key at all",
            "Delete my account",
        ),
    ),
    "cookies": ("guest", "/cookies", _as_it_is),
    "cookies-dialog": ("guest", "/about", partial(_press, "Cookie settings")),
    "appearance": ("guest", "/appearance", _as_it_is),
    "error-404": ("guest", "/nothing-of-this-name", _as_it_is),
    "error-500": ("guest", "/dev/gallery/state/error/500/guest", _as_it_is),
    "offline": ("guest", "/offline", _as_it_is),
    "mailbox": ("guest", "/dev/mailbox", _as_it_is),
    "gallery": ("guest", "/dev/gallery", _as_it_is),
}


if __name__ == "__main__":
    end_all_when_asked_to_stop()
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]), *sys.argv[3:4])
