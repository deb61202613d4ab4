"""The pages behind links that undo: a move to another address, and a deletion."""

from e2e.pages.site_page import SitePage


class UndoPage(SitePage):
    def undo(self) -> None:
        self.button("Undo the change").click()

    def bring_back(self) -> None:
        self.button("Bring my account back").click()
