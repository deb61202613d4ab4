"""A forgotten key, second step: the code and a new key."""

from e2e.pages.site_page import SitePage


class ResetKeyPage(SitePage):
    def reset(self, code: str, key: str, again: str | None = None) -> None:
        self.field("Code").fill(code)
        self.field("New access key").fill(key)
        self.field("Confirm new access key").fill(key if again is None else again)
        self.button("Reset access key").click()
