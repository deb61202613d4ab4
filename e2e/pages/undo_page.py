"""The page behind the link in the notice to an old address."""

from e2e.pages.site_page import SitePage


class UndoPage(SitePage):
    def open_link(self, link: str) -> None:
        self.page.goto(link)

    def undo(self) -> None:
        self.button("Undo the change").click()
