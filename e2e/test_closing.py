"""Deleting the account."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.signup_page import SignupPage
from e2e.pages.undo_page import UndoPage
from minimaluser.testing.browser.people import ANOTHER_KEY, Person
from minimaluser.testing.mailbox import Mailbox


@pytest.mark.both_ways
def test_deleting_asks_for_the_key_and_then_everything_is_gone(
    page: Page, ann: Person, mailbox: Mailbox, another_page: Page
) -> None:
    profile, login, signup = ProfilePage(page), LoginPage(page), SignupPage(page)
    ann.at(another_page).log_in()
    profile.open()
    tile = profile.tile.get_attribute("src") or ""
    profile.ask_to_delete()
    expect(page.get_by_role("heading", name="Delete your account?")).to_be_visible()
    profile.delete_with("not my key at all")
    profile.expect_error_at("Current access key", "not your current access key")
    expect(profile.field("Current access key")).to_be_focused()
    profile.delete_with(ann.key)

    expect(page).to_have_url("/")
    expect(profile.announcements).to_contain_text("Your account is deleted")
    profile.expect_guest()
    ProfilePage(another_page).open()
    expect(another_page).to_have_url("/login?next=/profile")
    assert mailbox.newest_to(ann.email, "account was deleted")
    login.open()
    login.log_in_as(ann)
    login.expect_error_at("Access key", "We do not know this")
    assert page.request.get(tile).status == 404
    signup.open()
    signup.sign_up_as(ann.email)
    expect(profile.heading).to_have_text("Profile")


@pytest.mark.both_ways
def test_the_link_in_the_goodbye_mail_brings_the_account_back(
    page: Page, ann: Person, mailbox: Mailbox
) -> None:
    profile, undo, login = ProfilePage(page), UndoPage(page), LoginPage(page)
    profile.open()
    profile.ask_to_delete()
    expect(page.get_by_text("For 7 days a link in our goodbye mail")).to_be_visible()
    profile.delete_with(ann.key)
    expect(profile.announcements).to_contain_text("Your account is deleted")
    undo.open_link(mailbox.link_to(ann.email, "account was deleted"))
    undo.bring_back()

    expect(undo.heading).to_have_text("Choose a new access key")
    expect(undo.announcements).to_contain_text("Your account is back")
    ForgotKeyPage(page).choose_anew(ann.email, ANOTHER_KEY, mailbox)
    login.log_in(ann.email, ANOTHER_KEY)
    expect(login.announcements).to_contain_text("Welcome back")
    profile.open()
    expect(profile.says(ann.email)).to_be_visible()


@pytest.mark.both_ways
def test_cancelling_keeps_the_account(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    profile.ask_to_delete()
    expect(profile.button("Delete my account")).to_be_visible()
    profile.cancel()

    expect(profile.button("Delete my account")).to_be_hidden()
    expect(profile.heading).to_have_text("Profile")
    page.reload()
    expect(profile.says(ann.email)).to_be_visible()


def test_on_a_phone_a_toast_lies_above_the_dialog(page: Page, ann: Person) -> None:
    profile = ProfilePage(page)
    page.set_viewport_size({"width": 360, "height": 640})
    profile.open()
    profile.draw_a_new_tile()
    profile.save()
    expect(profile.announcements).to_contain_text("new tile")
    profile.ask_to_delete()
    expect(profile.dialog).to_be_visible()

    toast = profile.announcements.get_by_text("new tile")
    expect(toast).to_be_visible()
    below = "(dialog, end) => dialog.getBoundingClientRect().top >= end"
    end = toast.evaluate("(words) => words.parentElement.getBoundingClientRect().bottom")
    assert profile.dialog.evaluate(below, end)
