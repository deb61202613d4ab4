"""One picture: a page of its own, or a dialog over the list."""

from playwright.sync_api import Locator

from e2e.pages.site_page import SitePage


class PhotoPage(SitePage):
    def image(self, alt: str) -> Locator:
        return self.page.get_by_role("img", name=alt, exact=True)

    def next(self) -> None:
        self.page.get_by_role("link", name="Next picture").click()

    def previous(self) -> None:
        self.page.get_by_role("link", name="Previous picture").click()
