"""A page as a visitor sees it: what is done and looked for has a role and a name.

Page objects grow from it (`class BikesPage(Visitor): address = "/bikes"`).
"""

from __future__ import annotations

import re
from typing import ClassVar, Literal, Self

from playwright.sync_api import Locator, Page, expect

from minimaluser.testing.settled import settled


class Visitor:
    """What is on every page, and what one does there; whatever it does begins and ends at rest."""

    address: ClassVar[str] = "/"

    def __init__(self, page: Page) -> None:
        self.page = page
        self.main = page.get_by_role("main")
        self.heading = page.get_by_role("heading", level=1)
        self.announcements = page.get_by_role("status")
        self.dialog = page.get_by_role("dialog")

    # --- doing

    def open(self, address: str = "") -> Self:
        """Open an address, or that of the page object, once the page before it is at rest."""
        settled(self.page).goto(address or self.address)
        browser = self.page.context.browser
        if browser and browser.browser_type.name == "firefox":  # no focus in the background there
            self.page.bring_to_front()
        return self

    def open_link(self, link: str) -> None:
        """Follow the link of a mail once the page is at rest."""
        settled(self.page).goto(link)

    def press(self, name: str) -> Self:
        """Press the button with exactly this name, and wait until all of it is over."""
        self._at_rest().button(name).click()
        return self._at_rest()

    def follow(self, name: str) -> Self:
        """Follow the link with exactly this name, and wait until the page it leads to is there."""
        self._at_rest().link(name).click()
        return self._at_rest()

    def write(self, label: str, text: str) -> Self:
        """Fill in the field with exactly this label, and wait until it is checked."""
        self.fill(label, text)
        return self._at_rest()

    def tick(self, label: str, on: bool = True) -> Self:
        """Tick a box, or untick it."""
        self._at_rest().field(label).set_checked(on)
        return self._at_rest()

    def fill(self, label: str, text: str, *, inside: Locator | None = None) -> None:
        """Write into the field with this label once the page is at rest."""
        settled(self.page)  # what is typed earlier is not checked, or refused, or lost
        (inside or self.page).get_by_label(label, exact=True).fill(text)

    # --- finding

    def button(self, name: str) -> Locator:
        """Return the button with exactly this name."""
        return self._named("button", name)

    def link(self, name: str) -> Locator:
        """Return the link with exactly this name."""
        return self._named("link", name)

    def field(self, label: str) -> Locator:
        """Return the field with exactly this label."""
        return self.page.get_by_label(label, exact=True)

    # --- looking

    def expect_news(self, words: str) -> None:
        """Check that these words are announced."""
        expect(self.announcements).to_contain_text(words)

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

    def _named(self, role: Literal["button", "link"], name: str) -> Locator:
        return self.page.get_by_role(role, name=name, exact=True)

    def _at_rest(self) -> Self:
        settled(self.page)
        return self
