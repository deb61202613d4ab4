"""Light or dark, whatever the system says: chosen in the footer, right from the first paint on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.appearance_page import AppearancePage
from e2e.pages.cookies_page import CookiesPage
from e2e.pages.login_page import LoginPage
from minimaluser.testing.browser.accessibility import problems
from minimaluser.testing.browser.people import Person

# The paper in each frame that is painted, and the colour of the browser's bar.
LOOK = """(() => {
  const papers = (window.papers = []);
  const look = () => {
    if (document.body) papers.push(getComputedStyle(document.body).backgroundColor);
    requestAnimationFrame(look);
  };
  look();
})()"""
BARS = """() => [...document.querySelectorAll("meta[name=theme-color]")]
  .filter(({ media }) => matchMedia(media).matches).map(({ content }) => content)"""
OTHER = {"light": "Dark", "dark": "Light"}


@pytest.fixture(params=["light", "dark"])
def system(page: Page, request: pytest.FixtureRequest) -> str:
    """What the system is set to."""
    scheme: str = request.param
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    return scheme


@pytest.mark.both_ways
def test_the_choice_holds_against_the_system_on_every_page_until_it_is_taken_back(
    page: Page, system: str, bob: Person
) -> None:
    appearance, login = AppearancePage(page), LoginPage(page)
    is_dark = system == "dark"
    appearance.open("/about")
    appearance.expect_dark(is_dark)
    appearance.choose(OTHER[system])
    appearance.expect_dark(not is_dark)
    for address in ("/", "/nothing-of-this-name"):
        appearance.open(address)
        appearance.expect_dark(not is_dark)
    login.open()
    login.log_in_as(bob)
    expect(login.announcements).to_contain_text("Welcome back")
    appearance.expect_dark(not is_dark)

    appearance.reopen()
    expect(appearance.choice(OTHER[system])).to_be_checked()
    appearance.open("/profile")
    appearance.choose("System")
    appearance.expect_dark(is_dark)
    appearance.open("/profile")
    appearance.expect_dark(is_dark)


def test_no_frame_is_painted_in_the_other_colours(page: Page, system: str) -> None:
    appearance = AppearancePage(page).open("/about")
    appearance.choose(OTHER[system])
    page.add_init_script(LOOK)
    for address in ("/about", "/", "/nothing-of-this-name", "/appearance"):
        page.goto(address)
        page.wait_for_function("() => window.papers.length > 3")
        assert len(set(page.evaluate("() => window.papers"))) == 1, address
        appearance.expect_dark(system == "light")


def test_the_bar_of_the_browser_has_the_colour_of_the_page(page: Page, system: str) -> None:
    appearance = AppearancePage(page).open("/about")
    of_the_system = page.evaluate(BARS)
    appearance.choose(OTHER[system])
    of_the_other = page.evaluate(BARS)
    assert len(of_the_system) == len(of_the_other) == 1
    assert of_the_system != of_the_other
    appearance.choose("System")
    assert page.evaluate(BARS) == of_the_system


@pytest.mark.both_ways
def test_whoever_chooses_on_the_page_itself_stays_there(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    appearance = AppearancePage(page).open()
    appearance.choice("Dark").check()
    appearance.button("Save").click()
    expect(appearance.announcements).to_contain_text("Your choice is saved")
    expect(page).to_have_url("/appearance")
    expect(appearance.choice("Dark")).to_be_checked()
    appearance.expect_dark(True)
    appearance.button("Cancel").click()
    expect(appearance.choice("Dark")).to_be_hidden()
    appearance.expect_dark(True)


def test_it_is_chosen_over_the_page_with_the_keyboard(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    appearance = AppearancePage(page).open("/terms-of-service")
    appearance.reopen()
    expect(appearance.dialog).to_have_accessible_name("Light or dark?")
    page.keyboard.press("Escape")
    expect(appearance.button("Appearance")).to_be_focused()
    page.keyboard.press("Enter")
    expect(appearance.choice("System")).to_be_checked()
    page.keyboard.press("Tab")
    expect(appearance.choice("System")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(appearance.choice("Dark")).to_be_checked()
    page.keyboard.press("Enter")
    expect(appearance.announcements).to_contain_text("Your choice is saved")
    expect(page).to_have_url("/terms-of-service")
    expect(appearance.dialog).to_be_hidden()
    appearance.expect_dark(True)


@pytest.mark.chromium("speculation rules are Chromium's")
def test_a_page_that_was_fetched_ahead_has_the_new_colours_too(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    appearance, cookies = AppearancePage(page), CookiesPage(page)
    appearance.open()
    cookies.necessary_only()
    expect(cookies.cookie_banner).to_be_hidden()
    appearance.open("/terms-of-service")
    about = appearance.footer.get_by_role("link", name="About this site")
    with page.expect_request("**/about"):
        about.hover()
    appearance.choose("Dark")
    about.click()
    expect(appearance.heading).to_have_text("About")
    appearance.expect_dark(True)


def test_the_form_and_the_pages_are_accessible_in_chosen_colours(page: Page, system: str) -> None:
    appearance = AppearancePage(page).open("/about")
    appearance.choose(OTHER[system])
    found = problems(page)
    appearance.reopen()
    expect(appearance.dialog).to_be_visible()
    found += problems(page)
    appearance.open()
    found += problems(page)

    assert found == [], "\n".join(found)
