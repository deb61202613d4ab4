"""The elements of every page of this site: navbar, user menu, footer, cookie banner."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from minimaluser.testing.browser.visitor import Visitor


class SitePage(Visitor):
    """Any page of the site; the other page objects add the content of their pages."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.navbar = page.get_by_role("navigation", name="Main")
        self.breadcrumbs = page.get_by_role("navigation", name="Breadcrumbs")
        self.footer = page.get_by_role("contentinfo")
        self.cookie_banner = page.get_by_role("region", name="Cookies")

    def public_addresses(self) -> list[str]:
        """The pages for everybody, as the sitemap lists them."""
        sitemap = self.page.request.get("/sitemap.xml").text()
        return re.findall(r"<loc>\w+://[^/<]+([^<]*)</loc>", sitemap)

    def user_menu(self, nickname: str) -> Locator:
        """Return the button of the user menu, which is named by the nickname."""
        return self.navbar.get_by_role("button", name=nickname, exact=True)

    def log_out(self, nickname: str) -> None:
        """Open the user menu and log out."""
        self.user_menu(nickname).click()
        self.button("Log out").click()

    def expect_guest(self) -> None:
        """Check that nobody is logged in here."""
        expect(self.navbar.get_by_role("link", name="Sign up", exact=True)).to_be_visible()
