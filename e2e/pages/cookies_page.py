"""The cookie choice: the banner, and the settings as a page or in the dialog."""

from playwright.sync_api import Locator

from e2e.pages.site_page import SitePage


class CookiesPage(SitePage):
    address = "/cookies"

    @property
    def analysis(self) -> Locator:
        return self.field("Analysis")

    @property
    def necessary(self) -> Locator:
        return self.field("Necessary")

    def agree_to_all(self) -> None:
        self.button("Agree to all").click()

    def necessary_only(self) -> None:
        self.button("Necessary only").click()

    def let_me_choose(self) -> None:
        self.button("Let me choose").click()

    def reopen(self) -> None:
        """Use the button in the footer."""
        self.footer.get_by_role("button", name="Cookie settings", exact=True).click()

    def save(self, *, analysis: bool) -> None:
        self.analysis.set_checked(analysis)
        self.button("Save settings").click()
