"""A forgotten key, first step: ask for a code."""

from e2e.pages.site_page import SitePage


class ForgotKeyPage(SitePage):
    address = "/forgot-key"

    def ask_for_code(self, email: str) -> None:
        self.fill("Email", email)
        self.button("Send code").click()
