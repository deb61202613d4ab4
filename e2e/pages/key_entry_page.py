"""The access key, asked for again: in a dialog, or on a page of its own."""

from e2e.pages.site_page import SitePage


class KeyEntryPage(SitePage):
    address = "/key-entry"
    title = "Your access key, please"

    def enter(self, key: str) -> None:
        self.fill("Current access key", key)
        self.button("Go on").click()
