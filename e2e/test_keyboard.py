"""Every use case with the keyboard only; the focus is always visible."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.cookies_page import CookiesPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.keyboard import Keyboard
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, Person, new_address
from minimaluser.testing.mailbox import Mailbox

LOST = (
    "Playwright's Firefox loses the focus of the page to the browser, keys alone do not get it back"
)


@pytest.mark.chromium(LOST)
def test_arriving_cookies_signing_up_and_confirming(
    page: Page, eve: Person, mailbox: Mailbox
) -> None:
    keys, site, cookies = Keyboard(page), SitePage(page), CookiesPage(page)
    profile = ProfilePage(page)
    page.goto("/")
    keys.press("Tab").press("Enter")  # the skip link
    expect(site.main).to_be_focused()
    keys.use(cookies.button("Let me choose"))
    expect(cookies.dialog).to_be_visible()
    keys.reach(cookies.analysis).press("Space")
    keys.use(cookies.button("Save settings"))
    expect(cookies.cookie_banner).to_be_hidden()
    expect(cookies.announcements).to_contain_text("saved")
    keys.use(cookies.button("Cookie settings"))
    expect(cookies.analysis).to_be_checked()
    keys.press("Escape")
    expect(cookies.button("Cookie settings")).to_be_focused()
    keys.use(site.navbar.get_by_role("link", name="Sign up"))
    keys.fill(site.field("Email"), "eve@").press("Enter")
    site.expect_error_at("Email", "email address")
    expect(site.field("Email")).to_be_focused()
    keys.fill(site.field("Email"), eve.email)
    keys.use(site.main.get_by_role("button", name="Sign up"))
    expect(profile.heading).to_have_text("Profile")
    keys.use(profile.button("Send the mail again"))
    expect(profile.announcements).to_contain_text("sent the mail again")
    expect(profile.button("Send the mail again")).to_be_focused()

    site.open_link(mailbox.link_to(eve.email, "onfirm"))
    keys.use(site.button("Confirm my email"))
    expect(profile.announcements).to_contain_text("confirmed")


@pytest.mark.parametrize("answered", [True, False], ids=["toast", "toast-and-banner"])
@pytest.mark.parametrize("size", [(1280, 720), (768, 900), (360, 640)], ids=str)
def test_a_toast_never_lies_over_the_focus(
    page: Page, size: tuple[int, int], answered: bool
) -> None:
    keys, site, cookies = Keyboard(page), SitePage(page), CookiesPage(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    site.open()
    if answered:
        cookies.button("Necessary only").click()
    page.evaluate("""() => {
      const toast = document.querySelector("#toast-error").content.cloneNode(true);
      document.querySelector("#toasts").append(toast);
    }""")  # one that stays
    page.evaluate("document.activeElement.blur()")
    keys.reach(site.footer.get_by_role("link").last)
    keys.reach(site.navbar.get_by_role("link").first, "Shift+Tab")


@pytest.mark.chromium(LOST)
def test_changing_everything_on_the_profile(page: Page, ann: Person, mailbox: Mailbox) -> None:
    keys, profile, nickname = Keyboard(page), ProfilePage(page), f"Keys {ann.email[4:20]}"
    moved = new_address("ann")
    profile.open()
    keys.use(profile.button("Draw a new tile"))
    expect(profile.new_tile).to_be_visible()
    keys.use(profile.button("Save"))
    expect(profile.announcements).to_contain_text("new tile")
    expect(profile.button("Draw a new tile")).to_be_focused()

    keys.use(profile.button("Change nickname"))
    expect(profile.field("Nickname")).to_be_focused()
    keys.press("Tab", "Tab", "Enter")  # Save, Cancel
    expect(profile.button("Change nickname")).to_be_focused()
    keys.press("Enter")
    keys.fill(profile.field("Nickname"), nickname).press("Enter")
    expect(profile.user_menu(nickname)).to_be_visible()
    expect(profile.button("Change nickname")).to_be_focused()

    keys.use(profile.button("Change access key"))
    keys.fill(profile.field("Current access key"), ann.key)
    keys.fill(profile.field("New access key"), GOOD_KEY)
    keys.reach(page.get_by_role("button", name="Show").nth(1)).press("Space")
    expect(profile.field("New access key")).to_have_attribute("type", "text")
    keys.fill(profile.field("Confirm new access key"), GOOD_KEY)
    keys.use(profile.button("Save"))
    expect(profile.announcements).to_contain_text("access key is changed")

    keys.use(profile.button("Change email"))
    keys.fill(profile.field("Email"), moved)
    keys.use(profile.button("Save"))
    expect(profile.main.get_by_text(moved)).to_be_visible()

    profile.open_link(mailbox.link_to(moved))
    keys.use(profile.button("Confirm my email"))
    expect(profile.announcements).to_contain_text("new email is confirmed")
    profile.open_link(mailbox.link_to(ann.email))
    keys.use(profile.button("Undo the change"))
    expect(profile.announcements).to_contain_text("The change is undone")


def test_logging_out_in_and_recovering_a_key(page: Page, ann: Person, mailbox: Mailbox) -> None:
    keys, login = Keyboard(page), LoginPage(page)
    page.goto("/about")
    keys.reach(login.navbar.get_by_role("button").last).press("Enter")
    keys.use(login.button("Log out"))
    expect(page).to_have_url("/")
    keys.use(login.navbar.get_by_role("link", name="Log in"))
    keys.use(page.get_by_role("link", name="Forgot your access key?"))
    keys.fill(login.field("Email"), ann.email)
    keys.use(login.button("Send code"))
    expect(login.heading).to_have_text("Choose a new access key")
    keys.fill(login.field("Code"), mailbox.code_to(ann.email))
    keys.fill(login.field("New access key"), ANOTHER_KEY)
    keys.fill(login.field("Confirm new access key"), ANOTHER_KEY)
    keys.use(login.button("Reset access key"))
    expect(login.heading).to_have_text("Log in")
    keys.fill(login.field("Email"), ann.email)
    keys.fill(login.field("Access key"), ANOTHER_KEY)
    keys.reach(login.field("Keep me logged in")).press("Space")
    keys.use(login.button("Log in"))
    expect(login.announcements).to_contain_text("Welcome back")


def test_on_a_phone_the_menu_and_leaving_for_good(page: Page, ann: Person) -> None:
    keys, profile = Keyboard(page), ProfilePage(page)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/about")
    keys.use(profile.button("Menu"))
    keys.reach(profile.navbar.get_by_role("link", name="Home")).press("Escape")
    expect(profile.button("Menu")).to_be_focused()
    keys.reach(profile.navbar.get_by_role("button").last)
    profile.open()
    keys.use(profile.button("Delete account…"))
    expect(profile.dialog).to_be_visible()
    keys.fill(profile.field("Current access key"), "not my key at all").press("Enter")
    expect(profile.dialog.get_by_role("alert")).to_have_text(re.compile("current access key"))
    expect(profile.field("Current access key")).to_be_focused()
    keys.use(profile.button("Cancel"))
    expect(profile.button("Delete account…")).to_be_focused()
    keys.press("Enter")
    keys.fill(profile.field("Current access key"), ann.key)
    keys.use(profile.button("Delete my account"))
    expect(profile.announcements).to_contain_text("deleted")
