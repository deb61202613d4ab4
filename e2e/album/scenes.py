"""The album's pages and states for `make screens`."""

from playwright.sync_api import Page


def _as_it_is(_page: Page) -> None:
    pass


def _in_dialog(page: Page) -> None:
    page.get_by_role("main").get_by_role("article").get_by_role("link").first.click()
    page.get_by_role("dialog").wait_for()


def _alone(page: Page) -> None:
    first = page.get_by_role("main").get_by_role("article").get_by_role("link").first
    page.goto(first.get_attribute("href") or "")


SCENES = {
    "home-picture": ("unconfirmed", "/", _in_dialog),
    "album": ("confirmed", "/album/", _as_it_is),
    "photo": ("confirmed", "/album/", _alone),
    "photo-dialog": ("confirmed", "/album/", _in_dialog),
}
