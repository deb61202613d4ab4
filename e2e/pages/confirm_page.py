"""The pages behind the links of confirmation mails, with a button that confirms."""

from e2e.pages.site_page import SitePage


class ConfirmPage(SitePage):
    def confirm(self) -> None:
        self.button("Confirm my email").click()
