"""A forgotten key, first step: ask for a code."""

from playwright.sync_api import expect

from e2e.pages.reset_key_page import ResetKeyPage
from e2e.pages.site_page import SitePage
from minimaluser.testing.mailbox import Mailbox


class ForgotKeyPage(SitePage):
    address = "/forgot-key"

    def ask_for_code(self, email: str) -> None:
        self.fill("Email", email)
        self.button("Send code").click()

    def choose_anew(self, email: str, key: str, mailbox: Mailbox) -> None:
        """Take all steps from this page to the log-in page."""
        self.ask_for_code(email)
        reset = ResetKeyPage(self.page)
        expect(reset.field("Code")).to_be_visible()
        reset.reset(mailbox.code_to(email), key)
