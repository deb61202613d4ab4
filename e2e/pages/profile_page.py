"""The profile and its rows."""

from playwright.sync_api import Locator, expect

from e2e.pages.site_page import SitePage


class ProfilePage(SitePage):
    address = "/profile"

    @property
    def tile(self) -> Locator:
        return self.page.get_by_role("img", name="Your tile", exact=True)

    @property
    def new_tile(self) -> Locator:
        return self.page.get_by_role("img", name="The new tile", exact=True)

    @property
    def sessions(self) -> Locator:
        return self.main.get_by_role("listitem").filter(has_text="since")

    def says(self, text: str) -> Locator:
        """Return the elements of the page itself, not of a toast, with exactly this text."""
        return self.main.get_by_text(text, exact=True)

    def change_nickname(self, nickname: str) -> None:
        self.button("Change nickname").click()
        self.fill("Nickname", nickname)
        self.save()

    def change_email(self, email: str) -> None:
        self.button("Change email").click()
        self.fill("Email", email)
        self.save()

    def change_key(self, current: str, new: str, again: str | None = None) -> None:
        self.button("Change access key").click()
        self.fill_keys(current, new, again)
        self.save()

    def fill_keys(self, current: str, new: str, again: str | None = None) -> None:
        self.fill("Current access key", current)
        self.fill("New access key", new)
        self.fill("Confirm new access key", new if again is None else again)

    def draw_a_new_tile(self) -> str:
        """Ask for a drawing and return the address of its preview."""
        before = self.new_tile.get_attribute("src") if self.new_tile.is_visible() else ""
        self.button("Draw a new tile").click()
        expect(self.new_tile).not_to_have_attribute("src", before or "")
        return self.new_tile.get_attribute("src") or ""

    def log_out_everywhere_else(self) -> None:
        self.button("Log out everywhere else").click()

    def save(self) -> None:
        self.button("Save").click()

    def cancel(self) -> None:
        self.button("Cancel").click()

    def send_the_mail_again(self) -> None:
        self.button("Send the mail again").click()

    def ask_to_delete(self) -> None:
        self.button("Delete account…").click()
        expect(self.field("Current access key")).to_be_visible()

    def delete_with(self, key: str) -> None:
        """Fill in the dialog for deleting the account."""
        self.fill("Current access key", key)
        self.button("Delete my account").click()
