"""The elements of every page: navbar, user menu, footer, toasts, cookie banner."""

from __future__ import annotations

import re
from typing import Self

from playwright.sync_api import Locator, Page, expect

from minimaluser.testing.settled import settled


class SitePage:
    """Any page of the site; the other page objects add the content of their pages."""

    address = "/"

    def __init__(self, page: Page) -> None:
        self.page = page
        self.main = page.get_by_role("main")
        self.heading = page.get_by_role("heading", level=1)
        self.navbar = page.get_by_role("navigation", name="Main")
        self.breadcrumbs = page.get_by_role("navigation", name="Breadcrumbs")
        self.footer = page.get_by_role("contentinfo")
        self.announcements = page.get_by_role("status")
        self.dialog = page.get_by_role("dialog")
        self.cookie_banner = page.get_by_role("region", name="Cookies")

    def open(self) -> Self:
        """Open the page by its address once the one before is at rest; return it."""
        settled(self.page).goto(self.address)
        browser = self.page.context.browser
        if browser and browser.browser_type.name == "firefox":  # no focus in the background there
            self.page.bring_to_front()
        return self

    def public_addresses(self) -> list[str]:
        """The pages for everybody, as the sitemap lists them."""
        sitemap = self.page.request.get("/sitemap.xml").text()
        return re.findall(r"<loc>\w+://[^/<]+([^<]*)</loc>", sitemap)

    def open_link(self, link: str) -> None:
        """Follow the link of a mail once the page is at rest."""
        settled(self.page).goto(link)

    def button(self, name: str) -> Locator:
        """Return the button with exactly this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        """Return the field with exactly this label."""
        return self.page.get_by_label(label, exact=True)

    def fill(self, label: str, text: str, *, inside: Locator | None = None) -> None:
        """Write into the field with this label once the page is at rest."""
        settled(self.page)  # what is typed earlier is not checked, or refused, or lost
        (inside or self.page).get_by_label(label, exact=True).fill(text)

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

    def expect_error_at(self, label: str, message: str) -> None:
        """Check that a field is marked as invalid and that its description says why.

        The page is at rest then, so what says so is the answer to the form if one was sent, and
        not the check while typing that came before it.
        """
        settled(self.page)
        expect(self.field(label)).to_have_attribute("aria-invalid", "true")
        words = re.compile(re.escape(message))
        expect(self.field(label)).to_have_accessible_description(words)

    def expect_no_error_at(self, label: str) -> None:
        """Check that a field is not marked as invalid, once the page is at rest."""
        settled(self.page)
        expect(self.field(label)).not_to_have_attribute("aria-invalid", "true")
