"""The album, and its pictures on the home page."""

from playwright.sync_api import Locator

from e2e.pages.site_page import SitePage


class AlbumPage(SitePage):
    address = "/album/"

    @property
    def names(self) -> Locator:
        return self.main.get_by_role("article").get_by_role("heading")

    def picture(self, name: str) -> Locator:
        """Return the link that opens a picture."""
        return self.main.get_by_role("link", name=name, exact=True)

    def open_picture(self, name: str) -> None:
        self.picture(name).click()


class HomePage(AlbumPage):
    address = "/"
