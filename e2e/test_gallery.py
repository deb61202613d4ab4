"""The gallery: its list, the frame with one state, how it is looked at, and its keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from minimaluser.testing.browser.accessibility import problems
from minimaluser.testing.browser.watch import Watch

DARK = "() => matchMedia('(prefers-color-scheme: dark)').matches"
SCHEME = "() => getComputedStyle(document.documentElement).colorScheme"
WIDTH = "() => innerWidth"
GROUND = "(it) => getComputedStyle(it).backgroundColor"


def gallery(page: Page, **chosen: str) -> Page:
    asked = "&".join(f"{name}={value}" for name, value in chosen.items())
    page.goto(f"/dev/gallery?{asked}")
    return page


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def inside(page: Page, script: str) -> object:
    """What a script finds in the frame."""
    return frame(page).locator("html").evaluate(script)


def chosen(page: Page) -> Locator:
    return page.get_by_role("navigation", name="States").locator("[aria-current]")


@pytest.mark.both_ways
def test_a_state_is_found_by_words_and_shown_in_the_frame(page: Page) -> None:
    gallery(page)
    page.get_by_role("searchbox", name="Search").fill("nickname form refused whole")
    page.get_by_role("searchbox", name="Search").press("Enter")
    states = page.get_by_role("navigation", name="States")
    states.get_by_role("link", name="refused as a whole").click()

    expect(frame(page).get_by_role("alert")).to_contain_text("That was too often.")
    heading = page.get_by_role("main").get_by_role("heading", level=2)
    expect(heading).to_contain_text("nickname_form")
    expect(page).to_have_url(re.compile("state=partials/nickname_form/refused-as-a-whole"))
    expect(states.get_by_role("link")).not_to_have_count(0)


def test_keys_go_to_the_next_state_and_back_also_from_inside_the_frame(page: Page) -> None:
    gallery(page, state="partials/toast/info")
    page.get_by_role("heading", level=1).click()
    expect(chosen(page)).to_have_attribute("data-id", "partials/toast/info")
    page.keyboard.press("j")
    expect(chosen(page)).to_have_attribute("data-id", "partials/toast/error")
    frame(page).get_by_role("button", name="Dismiss").focus()
    page.keyboard.press("k")
    expect(chosen(page)).to_have_attribute("data-id", "partials/toast/info")
    page.go_back()
    expect(chosen(page)).to_have_attribute("data-id", "partials/toast/error")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()


def test_keys_go_through_what_was_found_and_the_address_keeps_the_words(page: Page) -> None:
    gallery(page)
    page.get_by_role("searchbox", name="Search").fill("toast")
    page.get_by_role("searchbox", name="Search").press("Enter")
    expect(chosen(page)).to_have_attribute("data-id", re.compile("partials/.*toast"))
    before = chosen(page).get_attribute("data-id")
    page.keyboard.press("j")
    expect(chosen(page)).not_to_have_attribute("data-id", before or "")
    expect(page).to_have_url(re.compile("q=toast"))
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("toast")


@pytest.mark.both_ways
def test_width_and_colours_are_those_that_were_chosen(page: Page, script: bool) -> None:
    gallery(page, state="login/as-it-is/guest")
    page.get_by_role("link", name="390", exact=True).click()
    expect(page).to_have_url(re.compile("width=390"))
    page.get_by_role("link", name="dark", exact=True).click()
    expect(page).to_have_url(re.compile("scheme=dark"))
    if script:
        assert inside(page, WIDTH) == 390
        assert inside(page, SCHEME) == "dark"
        page.get_by_role("link", name="1920", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("1920 px, ")
        assert inside(page, WIDTH) == 1920
    page.get_by_role("link", name="right to left", exact=True).click()
    expect(frame(page).locator("html")).to_have_attribute("dir", "rtl")


@pytest.mark.both_ways
def test_what_asks_for_a_dark_page_gets_one(page: Page) -> None:
    """Mails too, which nothing reaches but the frame around them."""
    page.emulate_media(color_scheme="null")
    for state in ("login/as-it-is/guest", "email/wrong_keys/as-it-is/html"):
        for scheme, is_dark in (("light", False), ("dark", True)):
            gallery(page, state=state, scheme=scheme)
            assert frame(page).locator("html").evaluate(DARK) is is_dark


def test_what_was_typed_stays_while_one_looks_at_it_in_other_ways(page: Page) -> None:
    gallery(page, state="partials/login_form/empty")
    frame(page).get_by_label("Email", exact=True).fill("ann@example.org")
    page.get_by_role("link", name="390", exact=True).click()
    page.get_by_role("link", name="light", exact=True).click()
    expect(page).to_have_url(re.compile("scheme=light"))
    expect(frame(page).get_by_label("Email", exact=True)).to_have_value("ann@example.org")


def test_menus_and_dialogs_are_open_and_a_form_is_on_its_way(page: Page) -> None:
    gallery(page, state="partials/user_menu/open")
    expect(frame(page).get_by_role("button", name="Log out")).to_be_visible()
    gallery(page, state="partials/closing_form/in-its-dialog")
    dialog = frame(page).get_by_role("dialog", name="Delete your account?")
    expect(dialog.get_by_label("Current access key")).to_be_visible()
    gallery(page, state="partials/nickname_form/on-its-way")
    expect(frame(page).get_by_label("Nickname")).not_to_be_editable()
    expect(frame(page).get_by_role("button", name="Save")).to_be_disabled()


def test_a_dialog_by_itself_shows_what_stands_in_it(page: Page) -> None:
    for state in ("open", "open-to-ask"):
        gallery(page, state=f"partials/dialogs/{state}")
        dialog = frame(page).get_by_role("dialog", name="A part of the site")
        expect(dialog).to_contain_text("is shown here")


@pytest.mark.both_ways
def test_on_a_phone_the_options_are_folded_and_say_what_is_chosen(page: Page, script: bool) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    gallery(page, state="login/as-it-is/guest", scheme="dark")
    expect(page.get_by_role("link", name="768", exact=True)).to_be_hidden()
    expect(page.get_by_text("How it is shown")).to_be_visible()
    expect(page.locator(".g-fold")).to_contain_text("dark")
    page.get_by_label("How it is shown").check()
    page.get_by_role("link", name="768", exact=True).click()
    expect(page.locator(".g-fold")).to_contain_text("768 px, dark")
    if script:
        expect(page.get_by_role("link", name="1024", exact=True)).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_good_news_stays_to_be_looked_at(page: Page) -> None:
    page.clock.install()
    gallery(page, state="partials/nickname/just-changed")
    told = frame(page).get_by_role("status")
    expect(told).to_contain_text("Your nickname is changed.")
    page.clock.run_for(20_000)
    expect(told).to_contain_text("Your nickname is changed.")


def test_a_network_that_is_away_is_told_as_the_site_tells_it(page: Page, watch: Watch) -> None:
    watch.allow_no_network()
    gallery(page, state="partials/signup_form/empty", network="offline")
    expect(frame(page).get_by_role("status")).to_contain_text("You are offline.")
    frame(page).get_by_label("Email", exact=True).fill("ann@example.org")
    frame(page).get_by_role("button", name="Sign up").click()
    expect(frame(page).get_by_role("status")).to_contain_text("is sent when the connection is back")


def test_forced_colours_are_nearly_shown_and_the_page_says_so(page: Page) -> None:
    gallery(page, state="login/as-it-is/guest", scheme="forced")
    expect(page.get_by_text("A page cannot force colours")).to_be_visible()
    button = frame(page).get_by_role("button", name="Log in")
    forced = button.evaluate(GROUND)
    page.get_by_role("link", name="light", exact=True).click()
    expect(page.get_by_text("A page cannot force colours")).to_be_hidden()
    assert button.evaluate(GROUND) != forced


def test_the_gallery_itself_is_accessible(page: Page) -> None:
    gallery(page, state="partials/nickname_form/refused")
    found = problems(page)

    assert found == [], "\n".join(found)
