"""The club, a part only for tests: its list, and a badge as a page or a dialog over the list."""

from playwright.sync_api import Locator

from e2e.pages.site_page import SitePage


class ClubPage(SitePage):
    address = "/club/"

    def badge(self, name: str) -> Locator:
        """Return the link that opens a badge."""
        return self.main.get_by_role("link", name=name, exact=True)

    def open_badge(self, name: str) -> None:
        self.badge(name).click()
