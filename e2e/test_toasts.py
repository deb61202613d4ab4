"""Where toasts are: never over what is being used, which boxes in the browser tell."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import Person
from minimaluser.testing.settled import settled

SIZES = [(360, 640), (390, 844), (1280, 720)]
SAY = """(kind) => {
  const toast = document.querySelector(`#toast-${kind}`).content.cloneNode(true);
  toast.querySelector("p").textContent =
    "You are offline. What you typed is still here and is sent when the connection is back.";
  document.querySelector("#toasts").append(toast);
}"""


def say(page: Page) -> Locator:
    """Show a toast that stays, with as many words as any has."""
    page.evaluate(SAY, "error")
    toast = page.locator("[data-toast]")
    expect(toast).to_have_count(1)
    toast.evaluate("(it) => Promise.all(it.getAnimations().map(({ finished }) => finished))")
    return toast


def are_apart(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a
    assert b
    beside = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return beside or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]


@pytest.fixture(params=SIZES, ids=str)
def profile(page: Page, ann: Person, request: pytest.FixtureRequest) -> ProfilePage:
    page.set_viewport_size({"width": request.param[0], "height": request.param[1]})
    return ProfilePage(page).open()


def test_a_toast_lies_below_the_navbar_and_moves_nothing(profile: ProfilePage) -> None:
    before = profile.main.bounding_box()
    toast = say(profile.page)
    assert are_apart(toast, profile.page.get_by_role("banner"))
    assert profile.main.bounding_box() == before
    assert not profile.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_toast_lies_over_no_field_that_is_being_filled_in(profile: ProfilePage) -> None:
    profile.press("Change access key")
    names = ("Current access key", "New access key", "Confirm new access key")
    for name in names:
        field = profile.field(name)
        field.focus()
        top = "(it) => scrollBy(0, it.getBoundingClientRect().top - 80)"
        field.evaluate(top)  # below the navbar, where the toast comes
        toast = say(profile.page)
        assert are_apart(toast, field), name
        field.press_sequentially("typed")
        assert are_apart(toast, field), name
        toast.get_by_role("button", name="Dismiss").click()
        expect(toast).to_have_count(0)


def test_on_a_wide_window_a_toast_lies_over_no_field_of_the_key_form(
    page: Page, ann: Person
) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    profile = ProfilePage(page).open()
    profile.press("Change access key")
    toast = say(page)
    for field in profile.main.locator(".form-control").all():
        assert are_apart(toast, field)


def test_a_toast_lies_over_no_part_of_a_dialog(profile: ProfilePage) -> None:
    profile.ask_to_delete()
    toast = say(settled(profile.page))
    assert are_apart(toast, profile.dialog)
    toast.get_by_role("button", name="Dismiss").click()
    expect(profile.dialog).to_be_visible()
