"""Logging in."""

from playwright.sync_api import Locator

from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.people import Person


class LoginPage(SitePage):
    address = "/login"

    def log_in_as(self, person: Person, *, keep: bool = False) -> None:
        self.log_in(person.email, person.key, keep=keep)

    def log_in(self, email: str, key: str, *, keep: bool = False) -> None:
        self._fill_in(self.main, email, key)
        self.field("Keep me logged in").set_checked(keep)
        self.button("Log in").click()

    def log_in_in_dialog(self, email: str, key: str) -> None:
        """Answer the dialog that asks for a log-in over another page."""
        form = self.dialog.last
        self._fill_in(form, email, key)
        form.get_by_role("button", name="Log in", exact=True).click()

    def _fill_in(self, form: Locator, email: str, key: str) -> None:
        self.fill("Email", "", inside=form)  # Firefox would append to an existing address
        self.fill("Email", email, inside=form)
        self.fill("Access key", key, inside=form)
