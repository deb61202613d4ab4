"""A forgotten key, second step: the code and a new key."""

from e2e.pages.site_page import SitePage


class ResetKeyPage(SitePage):
    def reset(self, code: str, key: str, again: str | None = None) -> None:
        self.fill("Code", code)
        self.choose(key, again)

    def choose(self, key: str, again: str | None = None) -> None:
        """Fill in only the new key, as on the page behind the link."""
        self.fill("New access key", key)
        self.fill("Confirm new access key", key if again is None else again)
        self.button("Reset access key").click()
