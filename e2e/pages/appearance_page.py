"""Light or dark: a page, or in the dialog."""

from playwright.sync_api import Locator, expect

from e2e.pages.site_page import SitePage


class AppearancePage(SitePage):
    address = "/appearance"

    @property
    def body(self) -> Locator:
        return self.page.locator("body")

    def choice(self, name: str) -> Locator:
        return self.page.get_by_role("group", name="Appearance").get_by_role("radio", name=name)

    def reopen(self) -> None:
        """Use the button in the footer."""
        self.footer.get_by_role("button", name="Appearance", exact=True).click()

    def choose(self, name: str) -> None:
        """Open the form from the footer, choose and save."""
        self.reopen()
        self.choice(name).check()
        with self.page.expect_navigation():  # a toast may be left of the choice before
            self.button("Save").click()
        expect(self.announcements).to_contain_text("Your choice is saved")

    def expect_dark(self, is_dark: bool) -> None:
        """Check the paper of the page, and of what the browser draws itself."""
        colour = self.page.evaluate(PAPER, "dark" if is_dark else "light")
        expect(self.body).to_have_css("background-color", colour)


# What the paper would be: asked of an element, as the page itself may have it either way.
PAPER = """(scheme) => {
  const probe = document.createElement("i");
  document.body.append(probe);
  probe.style.colorScheme = scheme;
  probe.style.backgroundColor = "var(--paper)";
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}"""
