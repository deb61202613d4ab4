"""Logging in."""

from e2e.pages.site_page import SitePage
from e2e.people import Person


class LoginPage(SitePage):
    address = "/login"

    def log_in_as(self, person: Person, *, keep: bool = False) -> None:
        self.log_in(person.email, person.key, keep=keep)

    def log_in(self, email: str, key: str, *, keep: bool = False) -> None:
        self.field("Email").fill(email)
        self.field("Access key").fill(key)
        self.field("Keep me logged in").set_checked(keep)
        self.button("Log in").click()
