"""A person who uses only the keyboard; fails if the focus cannot be seen."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from minimaluser.testing.settled import PATIENCE, settled

FAR = 60  # presses of Tab after which an element counts as unreachable
# The ring may be drawn by ::after (a card); some of what has the focus must lie on top, as soon as
# the browser has scrolled there, which it does smoothly.
SEEN = """async (active, patience) => {
  const ring = [getComputedStyle(active), getComputedStyle(active, "::after")].some(
    ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
  if (!ring) return "no ring";
  for (const end = performance.now() + patience; performance.now() < end;) {
    const { left, top, width, height } = active.getBoundingClientRect();
    const free = [0.1, 0.5, 0.9].some((x) => [0.1, 0.5, 0.9].some((y) => {
      const on = document.elementFromPoint(left + x * width, top + y * height);
      return on && (active.contains(on) || on.contains(active));
    }));
    if (free) return "";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return "hidden";
}"""


class Keyboard:
    """Presses keys one after the other and checks the focus at every stop."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: Locator, key: str = "Tab") -> Keyboard:
        """Press Tab until the element has the focus; AssertionError if the focus cannot be seen.

        It begins once the page is at rest: what is swapped in takes the focus with it.
        """
        settled(self.page)
        expect(wanted).to_be_visible()
        for _ in range(FAR):
            if wanted.evaluate("(element) => element === document.activeElement"):
                return self
            self.page.keyboard.press(key)
            self.look()
        raise AssertionError(f"{FAR} times {key} do not lead to {wanted}")

    def look(self) -> None:
        """Check that the focus can be seen."""
        focused = self.page.locator("*:focus")
        if focused.count():  # at the end of a page the browser itself has the focus
            trouble = focused.evaluate(SEEN, PATIENCE * 1000)
            assert not trouble, f"{trouble}: {focused.evaluate('(e) => e.outerHTML')[:200]}"

    def press(self, *keys: str) -> Keyboard:
        """Press keys, given by their names."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def use(self, wanted: Locator) -> Keyboard:
        """Focus the element and press Enter."""
        return self.reach(wanted).press("Enter")

    def fill(self, field: Locator, text: str) -> Keyboard:
        """Focus a field and replace its content."""
        self.reach(field).press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        return self
