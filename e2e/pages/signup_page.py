"""Signing up."""

from e2e.pages.site_page import SitePage


class SignupPage(SitePage):
    address = "/signup"

    def sign_up_as(self, email: str) -> None:
        self.fill("Email", email)
        self.button("Sign up").click()
